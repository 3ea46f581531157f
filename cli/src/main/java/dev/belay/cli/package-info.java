/** The thin client: one verb per class, chosen by name, and what all of them share. */
@NullMarked
package dev.belay.cli;

import org.jspecify.annotations.NullMarked;
