package dev.belay.runner.task;

import dev.belay.proto.v1.PersonSpoke;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What people say to a task while it runs, until a turn begins with it. What is told twice is taken once. */
final class Inbox {
    private final Set<String> known = new HashSet<>();
    private List<PersonSpoke> waiting = new ArrayList<>();

    Inbox(List<PersonSpoke> before) {
        before.forEach(this::add);
    }

    synchronized void add(PersonSpoke message) {
        if (known.add(message.getId())) {
            waiting.add(message);
        }
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** All that waits, in the order in which it came; it does not wait any more. */
    synchronized List<PersonSpoke> take() {
        List<PersonSpoke> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }
}
