/** The tour: the whole main job on a sample project, checked while it is shown. */
@NullMarked
package dev.belay.cli.demo;

import org.jspecify.annotations.NullMarked;
