/** Git repositories that a task may fetch from and push to, and where a push may go. */
@NullMarked
package dev.belay.policies.git;

import org.jspecify.annotations.NullMarked;
