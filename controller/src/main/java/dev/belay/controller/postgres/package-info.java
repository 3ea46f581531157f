/** A real PostgreSQL that needs no installation: unpacked, started, and ended together with this process. */
@NullMarked
package dev.belay.controller.postgres;

import org.jspecify.annotations.NullMarked;
