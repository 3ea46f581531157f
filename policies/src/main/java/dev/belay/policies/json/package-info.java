/** The JSON of other programs' settings, with the place of every value. */
@NullMarked
package dev.belay.policies.json;

import org.jspecify.annotations.NullMarked;
