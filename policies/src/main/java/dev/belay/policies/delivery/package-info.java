/** What of a result is not delivered before a person has agreed to it. */
@NullMarked
package dev.belay.policies.delivery;

import org.jspecify.annotations.NullMarked;
