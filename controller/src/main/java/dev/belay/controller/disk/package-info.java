/** How full the disk is, what is not begun then, and what is kept in reserve. */
@NullMarked
package dev.belay.controller.disk;

import org.jspecify.annotations.NullMarked;
