/** The grammar of the command lines that agents write: which commands a line could run, wherever they stand in it. */
@NullMarked
package dev.belay.policies.shell;

import org.jspecify.annotations.NullMarked;
