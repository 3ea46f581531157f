/** The runners that are connected now, and the commands sent to them. */
@NullMarked
package dev.belay.controller.runners;

import org.jspecify.annotations.NullMarked;
