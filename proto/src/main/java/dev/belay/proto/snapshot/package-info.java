/** What a snapshot holds, as git objects that runner and controller read and write alike, and how one step is taken out. */
@NullMarked
package dev.belay.proto.snapshot;

import org.jspecify.annotations.NullMarked;
