/** How conversations are written for providers, and their streams read. Pure: no connection, no clock, no key. */
@NullMarked
package dev.belay.runner.model.wire;

import org.jspecify.annotations.NullMarked;
