/** The engine that makes a sandbox of a Docker container. Docker's own client library is known here and nowhere else. */
@NullMarked
package dev.belay.runner.sandbox.docker;

import org.jspecify.annotations.NullMarked;
