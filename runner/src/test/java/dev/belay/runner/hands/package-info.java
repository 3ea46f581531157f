/** Tests of the hand and of the tools, against a real hand in a real sandbox. */
@NullMarked
package dev.belay.runner.hands;

import org.jspecify.annotations.NullMarked;
