/** Named errors in the form in which they leave. */
@NullMarked
package dev.belay.controller.problems;

import org.jspecify.annotations.NullMarked;
