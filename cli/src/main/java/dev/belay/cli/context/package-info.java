/** Several servers: a name for each, in a file that only its owner can read. */
@NullMarked
package dev.belay.cli.context;

import org.jspecify.annotations.NullMarked;
