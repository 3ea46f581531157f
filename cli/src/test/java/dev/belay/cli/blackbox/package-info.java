/** The built distribution from outside: real processes, an empty home, a state folder of its own. */
@NullMarked
package dev.belay.cli.blackbox;

import org.jspecify.annotations.NullMarked;
