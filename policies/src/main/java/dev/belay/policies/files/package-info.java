/** Which files of the project a task may read and change. */
@NullMarked
package dev.belay.policies.files;

import org.jspecify.annotations.NullMarked;
