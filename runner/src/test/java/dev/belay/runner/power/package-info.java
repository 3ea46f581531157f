/** What a disk holds after a loss of power: for that, every wait for the disk of a process is watched. */
@NullMarked
package dev.belay.runner.power;

import org.jspecify.annotations.NullMarked;
