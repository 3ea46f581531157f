/** People's connections to what listens in a task's sandbox, carried by its runner. */
@NullMarked
package dev.belay.controller.ports;

import org.jspecify.annotations.NullMarked;
