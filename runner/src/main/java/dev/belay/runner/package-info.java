/** A runner: where tasks live. */
@NullMarked
package dev.belay.runner;

import org.jspecify.annotations.NullMarked;
