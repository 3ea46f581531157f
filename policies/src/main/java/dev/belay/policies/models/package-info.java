/** Whose models Belay knows by itself. */
@NullMarked
package dev.belay.policies.models;

import org.jspecify.annotations.NullMarked;
