/** What this machine can and cannot do for Belay, found out by trying. */
@NullMarked
package dev.belay.cli.doctor;

import org.jspecify.annotations.NullMarked;
