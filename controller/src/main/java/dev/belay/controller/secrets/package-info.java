/** What a tenant's tasks may use and never hold: sealed in the database under keys that are not in it. */
@NullMarked
package dev.belay.controller.secrets;

import org.jspecify.annotations.NullMarked;
