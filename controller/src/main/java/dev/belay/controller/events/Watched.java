package dev.belay.controller.events;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/**
 * Looks whether what is followed here went on without our knowing: one question for all followers, however many. Whoever
 * follows since the last look is woken too, and so sees what came between its first look and this one.
 */
@Singleton
public final class Watched {
    private final Jdbi jdbi;
    private final Feed feed;
    private Map<String, Long> seen = Map.of();

    public Watched(Jdbi jdbi, Feed feed) {
        this.jdbi = jdbi;
        this.feed = feed;
    }

    /** To be called again and again, by one thread. */
    public void look() {
        Set<String> tasks = feed.watched();
        if (tasks.isEmpty()) {
            seen = Map.of();
            return;
        }
        record Length(String id, long lastSeq) {}
        Map<String, Long> now = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("select id, last_seq from task where id = any(:tasks)")
                .bind("tasks", tasks.toArray(String[]::new))
                .mapTo(Length.class)
                .forEach(task -> now.put(task.id(), task.lastSeq())));
        Map<String, Long> before = seen;
        seen = now;
        now.forEach((task, length) -> {
            if (!length.equals(before.get(task))) {
                feed.wake(task);
            }
        });
    }
}
