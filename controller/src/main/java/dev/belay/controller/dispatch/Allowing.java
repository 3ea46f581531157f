package dev.belay.controller.dispatch;

import dev.belay.controller.rights.Grants;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.AllowHosts;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * A person lets one task reach more than its project asked for. It is kept with the task's policy and said to the task in
 * one transaction: whichever runner hears it lets it through before the model is told of it.
 */
@Singleton
public final class Allowing {
    private final Mailbox mailbox;

    public Allowing(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    public Mailbox.Sent allow(Caller caller, String given, AllowHosts wish) {
        AllowHosts checked = Grants.checked(wish);
        PersonSpoke said = PersonSpoke.newBuilder()
                .setText(words(checked))
                .addAllAllowedHosts(checked.getHostsList())
                .addAllAllowedPushes(checked.getPushesList())
                .build();
        return mailbox.put(
                caller, given, wish.getIdempotencyKey(), said, (handle, task) -> keep(handle, caller, task, checked));
    }

    private static void keep(Handle handle, Caller caller, TaskRow task, AllowHosts wish) {
        TaskPolicy before = TaskPolicies.locked(handle, task.id());
        TaskPolicies.write(handle, task.id(), Grants.added(before, wish, caller.actor(), task.shortId()));
    }

    private static String words(AllowHosts wish) {
        List<String> rights = new ArrayList<>();
        if (wish.getHostsCount() > 0) {
            rights.add("reach " + quoted(wish.getHostsList()));
        }
        if (wish.getPushesCount() > 0) {
            rights.add("push " + quoted(wish.getPushesList()));
        }
        return "From now on this task can " + String.join(" and ", rights)
                + ". What was refused because of that can be tried again.";
    }

    private static String quoted(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
