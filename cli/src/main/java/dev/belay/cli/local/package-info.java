/** The local start: a controller and a runner as processes of their own, and their end. */
@NullMarked
package dev.belay.cli.local;

import org.jspecify.annotations.NullMarked;
