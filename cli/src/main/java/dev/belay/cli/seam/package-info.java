/** What the client needs from the project's folder and from the script reader, and the one place that binds it. */
@NullMarked
package dev.belay.cli.seam;

import org.jspecify.annotations.NullMarked;
