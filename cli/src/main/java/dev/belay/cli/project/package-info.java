/**
 * The person's folder: what a task gets of it, and how a result comes back. A repository is only ever read by its files:
 * none of its hooks, filters, helpers or includes is run or followed, and nothing follows a symbolic link.
 */
@NullMarked
package dev.belay.cli.project;

import org.jspecify.annotations.NullMarked;
