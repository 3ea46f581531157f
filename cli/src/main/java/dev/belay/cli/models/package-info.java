/** Whose models can be asked, and the keys for them. */
@NullMarked
package dev.belay.cli.models;

import org.jspecify.annotations.NullMarked;
