/** The door for people: HTTP, JSON, server-sent events, and who may come in. */
@NullMarked
package dev.belay.controller.api;

import org.jspecify.annotations.NullMarked;
