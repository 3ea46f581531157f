/**
 * What no table thought of. Each class takes any bytes and throws when something does not hold; a coverage-guided fuzzer looks
 * for such bytes. What it found is kept in the resources, and tried with every build.
 */
@NullMarked
package dev.belay.policies.fuzz;

import org.jspecify.annotations.NullMarked;
