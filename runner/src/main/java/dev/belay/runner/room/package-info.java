/** The place that the launcher made for this runner: directories, kernel uids, cgroups. */
@NullMarked
package dev.belay.runner.room;

import org.jspecify.annotations.NullMarked;
