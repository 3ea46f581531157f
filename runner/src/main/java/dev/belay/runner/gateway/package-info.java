/** The door of a sandbox to the network. Today it refuses everything and says so. */
@NullMarked
package dev.belay.runner.gateway;

import org.jspecify.annotations.NullMarked;
