/** The verbs that begin, list and end tasks. */
@NullMarked
package dev.belay.cli.task;

import org.jspecify.annotations.NullMarked;
