/** How much of something is allowed: as people write it, and where nobody said it. */
@NullMarked
package dev.belay.proto.bounds;

import org.jspecify.annotations.NullMarked;
