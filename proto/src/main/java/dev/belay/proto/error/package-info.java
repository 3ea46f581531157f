/** The errors that Belay gives a name to, and their one mapping to exit codes, HTTP and gRPC. */
@NullMarked
package dev.belay.proto.error;

import org.jspecify.annotations.NullMarked;
