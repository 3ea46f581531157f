/** HTTP/1.1 over a plain socket: small, quick to start, and able to stream. */
@NullMarked
package dev.belay.cli.http;

import org.jspecify.annotations.NullMarked;
