/** The policy that a project keeps in its own file. */
@NullMarked
package dev.belay.policies.yaml;

import org.jspecify.annotations.NullMarked;
