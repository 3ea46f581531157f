/** The rules that a project keeps for Claude Code, as rules of Belay: what holds here, what always holds, what does not. */
@NullMarked
package dev.belay.policies.claude;

import org.jspecify.annotations.NullMarked;
