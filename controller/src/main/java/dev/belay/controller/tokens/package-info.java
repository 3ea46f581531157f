/** The secrets that let people and runners in. */
@NullMarked
package dev.belay.controller.tokens;

import org.jspecify.annotations.NullMarked;
