/** Rules on command lines: which of the commands that a line could run are restricted, however they are wrapped. */
@NullMarked
package dev.belay.policies.commands;

import org.jspecify.annotations.NullMarked;
