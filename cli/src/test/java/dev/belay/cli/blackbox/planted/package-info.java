/** An agent that gives a process of the distribution a fault in its code, as it is loaded: for tests of the tests alone. */
@NullMarked
package dev.belay.cli.blackbox.planted;

import org.jspecify.annotations.NullMarked;
