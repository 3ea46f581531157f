/** The script model's document: a written conversation that needs no key and no network. */
@NullMarked
package dev.belay.proto.script;

import org.jspecify.annotations.NullMarked;
