/** The rules that Codex keeps on command lines and hosts, as rules of Belay. */
@NullMarked
package dev.belay.policies.codex;

import org.jspecify.annotations.NullMarked;
