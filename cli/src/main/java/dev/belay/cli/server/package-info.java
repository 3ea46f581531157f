/** The controller as the client sees it: where it is, and one method per call. */
@NullMarked
package dev.belay.cli.server;

import org.jspecify.annotations.NullMarked;
