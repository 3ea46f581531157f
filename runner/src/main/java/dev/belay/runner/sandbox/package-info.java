/** What makes a sandbox, and what every engine must hold: see SandboxContract in the tests. */
@NullMarked
package dev.belay.runner.sandbox;

import org.jspecify.annotations.NullMarked;
