/** Policies to begin with. */
@NullMarked
package dev.belay.policies.shipped;

import org.jspecify.annotations.NullMarked;
