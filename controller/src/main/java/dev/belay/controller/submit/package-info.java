/** How a delegation becomes a task: checked, then stored once whatever is repeated. */
@NullMarked
package dev.belay.controller.submit;

import org.jspecify.annotations.NullMarked;
