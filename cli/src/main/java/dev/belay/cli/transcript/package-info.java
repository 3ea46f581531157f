/** A task's events, followed without gaps or repeats and told to a person. */
@NullMarked
package dev.belay.cli.transcript;

import org.jspecify.annotations.NullMarked;
