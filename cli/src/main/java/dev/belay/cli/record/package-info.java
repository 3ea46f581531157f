/** {@code record}: a task's run as a script, which the script model plays. */
@NullMarked
package dev.belay.cli.record;

import org.jspecify.annotations.NullMarked;
