/** Which runner holds which task, and for how long. */
@NullMarked
package dev.belay.controller.dispatch;

import org.jspecify.annotations.NullMarked;
