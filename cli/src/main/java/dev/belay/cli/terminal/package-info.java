/** What a person sees: lines whose text cannot act on the terminal, colours, widths, interrupts. */
@NullMarked
package dev.belay.cli.terminal;

import org.jspecify.annotations.NullMarked;
