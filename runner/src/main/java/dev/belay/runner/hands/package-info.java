/** The hand inside a sandbox and the tools it carries out: Bash, Read, Edit, Write, Glob, Grep. */
@NullMarked
package dev.belay.runner.hands;

import org.jspecify.annotations.NullMarked;
