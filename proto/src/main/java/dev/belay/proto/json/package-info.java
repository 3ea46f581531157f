/** JSON as the wire uses it: a small strict reader and writer, and the JSON form of the messages. */
@NullMarked
package dev.belay.proto.json;

import org.jspecify.annotations.NullMarked;
