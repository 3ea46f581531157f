/** What the tests of the controller stand on: a real PostgreSQL, a started controller, a scripted runner. */
@NullMarked
package dev.belay.controller.testing;

import org.jspecify.annotations.NullMarked;
