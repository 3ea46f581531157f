/** The engine that makes a sandbox of Linux namespaces, by bubblewrap. */
@NullMarked
package dev.belay.runner.sandbox.namespace;

import org.jspecify.annotations.NullMarked;
