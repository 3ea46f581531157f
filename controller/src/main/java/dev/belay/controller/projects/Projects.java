package dev.belay.controller.projects;

import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Ids;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.Project;
import dev.belay.proto.v1.RegisterProject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;

/** Knows each checkout that tasks were delegated from, by the key that its client gave it. */
@Singleton
public final class Projects {
    private static final int COMMITS = 256;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final Jdbi jdbi;
    private final PackStore packs;
    private final Ids ids;
    private final DiskGuard disk;

    public Projects(Jdbi jdbi, PackStore packs, Ids ids, DiskGuard disk) {
        this.jdbi = jdbi;
        this.packs = packs;
        this.ids = ids;
        this.disk = disk;
    }

    /** The same key gives the same project; its name is the last one given. */
    public Project register(Caller caller, RegisterProject given) throws IOException {
        text("key", given.getKey(), 512);
        text("name", given.getName(), 200);
        if (given.getCommitsCount() > COMMITS
                || !given.getCommitsList().stream()
                        .allMatch(commit -> COMMIT.matcher(commit).matches())) {
            throw bad("commits is not a list of at most 256 commit ids", "send 40 hexadecimal digits each");
        }
        String id = jdbi.withHandle(handle -> handle.createQuery("""
                        insert into project (id, tenant, actor, key, name) values (:id, :tenant, :actor, :key, :name)
                        on conflict (tenant, key) do update set name = excluded.name, updated_at = clock_timestamp()
                        returning id
                        """)
                .bind("id", ids.project())
                .bind("tenant", caller.tenant())
                .bind("actor", caller.actor())
                .bind("key", given.getKey())
                .bind("name", given.getName())
                .mapTo(String.class)
                .one());
        List<String> have = packs.held(Scope.project(caller.tenant(), id), given.getCommitsList());
        return Project.newBuilder()
                .setId(id)
                .setName(given.getName())
                .addAllHave(have)
                .build();
    }

    public PackStored store(Caller caller, String project, InputStream pack) throws IOException {
        known(caller, project);
        disk.admit("the project's files are not taken");
        return packs.put(Scope.project(caller.tenant(), project), pack, Optional.empty());
    }

    /** @throws BelayException E_NO_SUCH_PROJECT when it is not one of the caller's tenant */
    public void known(Caller caller, String project) {
        boolean known = jdbi.withHandle(handle -> handle.createQuery(
                        "select exists (select 1 from project where tenant = :tenant and id = :id)")
                .bind("tenant", caller.tenant())
                .bind("id", project.replace("\0", ""))
                .mapTo(Boolean.class)
                .one());
        if (!known) {
            throw BelayException.of(
                    ErrorCode.E_NO_SUCH_PROJECT,
                    "there is no such project",
                    "the controller knows no project of yours with this id",
                    "belay run registers the project by itself");
        }
    }

    private static void text(String field, String value, int most) {
        if (value.isBlank() || value.length() > most || value.chars().anyMatch(Character::isISOControl)) {
            throw bad(
                    field + " is blank, longer than " + most + " characters or holds control characters", "change it");
        }
    }

    private static BelayException bad(String what, String next) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller refused the request", next);
    }
}
