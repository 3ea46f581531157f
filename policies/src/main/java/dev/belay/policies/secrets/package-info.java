/** Secrets that a task may use and never holds: where each may go, and what stands in its place in the sandbox. */
@NullMarked
package dev.belay.policies.secrets;

import org.jspecify.annotations.NullMarked;
