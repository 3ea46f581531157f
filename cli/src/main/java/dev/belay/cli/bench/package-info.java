/** Measures a whole local system beside its yardsticks, in one run, and holds the figures against their targets. */
@NullMarked
package dev.belay.cli.bench;

import org.jspecify.annotations.NullMarked;
