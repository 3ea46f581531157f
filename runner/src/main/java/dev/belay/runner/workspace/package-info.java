/** The project's files for one task: an overlay on a cached, immutable checkout. */
@NullMarked
package dev.belay.runner.workspace;

import org.jspecify.annotations.NullMarked;
