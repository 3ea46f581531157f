/** What listens inside a sandbox, and the bytes between it and a person outside. */
@NullMarked
package dev.belay.runner.ports;

import org.jspecify.annotations.NullMarked;
