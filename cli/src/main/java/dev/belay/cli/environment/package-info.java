/** {@code env}; how the sandbox of this folder's tasks is made ready. */
@NullMarked
package dev.belay.cli.environment;

import org.jspecify.annotations.NullMarked;
