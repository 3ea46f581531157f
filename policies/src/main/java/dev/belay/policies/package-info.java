/** What an agent may do: decisions as values, made without any input or output, alike in controller, runner and CLI. */
@NullMarked
package dev.belay.policies;

import org.jspecify.annotations.NullMarked;
