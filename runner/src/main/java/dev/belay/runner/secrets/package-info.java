/** Values that a task may use and never see: how they are kept from print, and found again in what comes back. */
@NullMarked
package dev.belay.runner.secrets;

import org.jspecify.annotations.NullMarked;
