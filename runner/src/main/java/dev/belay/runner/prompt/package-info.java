/** What a model is told before the conversation begins. */
@NullMarked
package dev.belay.runner.prompt;

import org.jspecify.annotations.NullMarked;
