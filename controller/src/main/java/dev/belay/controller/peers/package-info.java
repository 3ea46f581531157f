/** The other controllers on the same database: who they are, and the hints that pass between them. */
@NullMarked
package dev.belay.controller.peers;

import org.jspecify.annotations.NullMarked;
