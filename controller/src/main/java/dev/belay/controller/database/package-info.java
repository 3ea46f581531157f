/** PostgreSQL: which one, its schema, and how it is spoken to. */
@NullMarked
package dev.belay.controller.database;

import org.jspecify.annotations.NullMarked;
