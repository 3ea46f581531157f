/** The runner's end of the wire: sessions, packs up and down, over gRPC. */
@NullMarked
package dev.belay.controller.link;

import org.jspecify.annotations.NullMarked;
