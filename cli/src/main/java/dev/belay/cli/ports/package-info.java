/** What listens in a task's sandbox, reached from this machine. */
@NullMarked
package dev.belay.cli.ports;

import org.jspecify.annotations.NullMarked;
