package dev.belay.controller.link;

import dev.belay.controller.Settings;
import dev.belay.controller.Timings;
import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.dispatch.Acknowledgements;
import dev.belay.controller.dispatch.Assignments;
import dev.belay.controller.dispatch.Janitor;
import dev.belay.controller.dispatch.Leases;
import dev.belay.controller.dispatch.Wishes;
import dev.belay.controller.events.RunnerEvents;
import dev.belay.controller.events.Speeches;
import dev.belay.controller.runners.Commands;
import dev.belay.controller.runners.Fleet;
import dev.belay.controller.runners.RunnerRows;
import dev.belay.controller.runners.Wakeup;
import dev.belay.controller.tasks.Caller;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What sessions hand their messages to. */
@Singleton
record LinkServices(
        Assignments assignments,
        Acknowledgements acknowledgements,
        Leases leases,
        Janitor janitor,
        RunnerEvents events,
        Speeches speeches,
        Commands commands,
        Wishes wishes,
        RunnerRows rows,
        Fleet fleet,
        DiskGuard disk,
        Wakeup wakeup,
        Clock clock,
        Timings timings,
        Settings settings) {
    String version() {
        return settings.version();
    }

    Caller owner() {
        return settings.owner();
    }
}
