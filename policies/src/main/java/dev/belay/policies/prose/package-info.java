/** The permissions that people write into CLAUDE.md and AGENTS.md, as rules. */
@NullMarked
package dev.belay.policies.prose;

import org.jspecify.annotations.NullMarked;
