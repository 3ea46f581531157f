/** A stand-in for the controller, so that the local start is tested with real processes. */
@NullMarked
package dev.belay.controller;

import org.jspecify.annotations.NullMarked;
