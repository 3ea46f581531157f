/** The verbs that explain: help, version, completion. */
@NullMarked
package dev.belay.cli.help;

import org.jspecify.annotations.NullMarked;
