/** The settings of the sandbox-runtime program, as rules of Belay: each of its precedences is translated, none is copied. */
@NullMarked
package dev.belay.policies.sandboxruntime;

import org.jspecify.annotations.NullMarked;
