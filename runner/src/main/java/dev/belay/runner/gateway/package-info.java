/** The door of a sandbox to the network: it lets through what a judge allows, and says of the rest why not. */
@NullMarked
package dev.belay.runner.gateway;

import org.jspecify.annotations.NullMarked;
