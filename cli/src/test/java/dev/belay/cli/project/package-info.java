/** The person's folder, held against the real git. */
@NullMarked
package dev.belay.cli.project;

import org.jspecify.annotations.NullMarked;
