/** Secrets that tasks may use: given to the server once, and never shown again. */
@NullMarked
package dev.belay.cli.secret;

import org.jspecify.annotations.NullMarked;
