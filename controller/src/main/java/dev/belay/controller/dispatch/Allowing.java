package dev.belay.controller.dispatch;

import dev.belay.controller.rights.Grants;
import dev.belay.controller.rights.TaskPolicies;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.AllowHosts;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
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
        List<String> hosts = Grants.checked(wish.getHostsList());
        PersonSpoke said = PersonSpoke.newBuilder()
                .setText(words(hosts))
                .addAllAllowedHosts(hosts)
                .build();
        return mailbox.put(
                caller, given, wish.getIdempotencyKey(), said, (handle, task) -> keep(handle, caller, task, hosts));
    }

    private static void keep(Handle handle, Caller caller, TaskRow task, List<String> hosts) {
        TaskPolicy before = TaskPolicies.locked(handle, task.id());
        TaskPolicies.write(handle, task.id(), Grants.added(before, hosts, caller.actor(), task.shortId()));
    }

    private static String words(List<String> hosts) {
        return "From now on this task can reach "
                + hosts.stream().map(host -> "`" + host + "`").collect(Collectors.joining(", "))
                + ". What was refused because of that can be tried again.";
    }
}
