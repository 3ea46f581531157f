/** The policies of other agents: which kinds there are, how one is recognised, and the policy that it becomes. */
@NullMarked
package dev.belay.policies.foreign;

import org.jspecify.annotations.NullMarked;
