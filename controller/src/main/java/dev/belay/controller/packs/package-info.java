/** Git packs as content-addressed, verified blobs, and what can be read from them. */
@NullMarked
package dev.belay.controller.packs;

import org.jspecify.annotations.NullMarked;
