/** The controller: memory and dispatch. It starts here, from the environment. */
@NullMarked
package dev.belay.controller;

import org.jspecify.annotations.NullMarked;
