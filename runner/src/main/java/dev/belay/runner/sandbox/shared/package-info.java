/** What every engine puts into and around a sandbox, whatever makes it. */
@NullMarked
package dev.belay.runner.sandbox.shared;

import org.jspecify.annotations.NullMarked;
