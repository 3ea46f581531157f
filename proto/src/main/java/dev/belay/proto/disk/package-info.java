/** Space on a disk: how much there is, and a file that keeps some in reserve. */
@NullMarked
package dev.belay.proto.disk;

import org.jspecify.annotations.NullMarked;
