/** {@code .belay/environment.yaml}: how a project's sandbox is made ready before a task begins. */
@NullMarked
package dev.belay.policies.environment;

import org.jspecify.annotations.NullMarked;
