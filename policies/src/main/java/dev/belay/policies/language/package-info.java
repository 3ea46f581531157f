/** What a policy is written in: sources, the lines in them, the rules that they become, and what is wrong with them. */
@NullMarked
package dev.belay.policies.language;

import org.jspecify.annotations.NullMarked;
