/** What a task may do, in the words that it was sent with: kept, held against the request, and handed to its runner. */
@NullMarked
package dev.belay.controller.rights;

import org.jspecify.annotations.NullMarked;
