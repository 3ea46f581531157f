/** What is wrong with a file of the project's, where, and what to write instead. */
@NullMarked
package dev.belay.cli.problem;

import org.jspecify.annotations.NullMarked;
