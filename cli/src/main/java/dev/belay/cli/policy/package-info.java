/** What a project says that an agent may do: read, shown, held against questions, and granted by a person. */
@NullMarked
package dev.belay.cli.policy;

import org.jspecify.annotations.NullMarked;
