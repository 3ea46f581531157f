/** Which hosts a task may speak to: names in one spelling, the patterns that match them, and addresses that are never dialled. */
@NullMarked
package dev.belay.policies.network;

import org.jspecify.annotations.NullMarked;
