package dev.belay.runner.room;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher prepared before it gave up its privileges, told by environment variables.
 *
 * @param state the runner's own directory ({@code BELAY_ROOM_STATE})
 * @param views where {@code <slot>/} shows the checkouts as owned by that slot's uid, by an idmapped mount
 *     ({@code BELAY_ROOM_VIEWS}); empty where there is one uid only or such mounts cannot be made
 * @param firstUid the uid, inside the runner's user namespace, of slot 0 ({@code BELAY_ROOM_FIRST_UID}); empty where the
 *     runner has a single uid, which every sandbox then shares with it
 * @param slots how many sandboxes may live at once ({@code BELAY_ROOM_SLOTS})
 * @param cgroups per controller name the delegated directory ({@code BELAY_ROOM_CGROUPS}, {@code memory=/path,pids=/path};
 *     the name {@code unified} is cgroup v2)
 * @param hostState where the machine has the state, for who looks at it from outside the room
 *     ({@code BELAY_ROOM_HOST_STATE})
 * @param broker who mounts volumes for it ({@code BELAY_ROOM_VOLUMES}); empty where nobody can
 */
public record Room(
        Path state,
        Optional<Path> views,
        OptionalInt firstUid,
        int slots,
        Map<String, Path> cgroups,
        Optional<Path> hostState,
        Optional<Broker> broker) {
    public Room {
        cgroups = Map.copyOf(cgroups);
    }

    public Room(Path state, Optional<Path> views, OptionalInt firstUid, int slots, Map<String, Path> cgroups) {
        this(state, views, firstUid, slots, cgroups, Optional.empty(), Optional.empty());
    }

    public static Room fromEnvironment(Map<String, String> environment) {
        String state = environment.get("BELAY_ROOM_STATE");
        if (state == null) {
            throw new IllegalStateException("BELAY_ROOM_STATE is not set: start the runner by libexec/belay-runner");
        }
        String firstUid = environment.get("BELAY_ROOM_FIRST_UID");
        return new Room(
                Path.of(state),
                Optional.ofNullable(emptyToNull(environment.get("BELAY_ROOM_VIEWS")))
                        .map(Path::of),
                emptyToNull(firstUid) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(firstUid)),
                Integer.parseInt(environment.getOrDefault("BELAY_ROOM_SLOTS", "4")),
                cgroups(environment.getOrDefault("BELAY_ROOM_CGROUPS", "")),
                Optional.ofNullable(emptyToNull(environment.get("BELAY_ROOM_HOST_STATE")))
                        .map(Path::of),
                Optional.ofNullable(emptyToNull(environment.get("BELAY_ROOM_VOLUMES")))
                        .map(path -> new Broker(Path.of(path))));
    }

    /**
     * The uid of a slot's sandbox inside the runner's user namespace; 0, the runner's own, where there is no range. Where the
     * checkouts cannot be shown per slot, every slot has the same one: the files have to belong to it.
     */
    public int uid(int slot) {
        return firstUid.isEmpty() ? 0 : views.isPresent() ? firstUid.getAsInt() + slot : firstUid.getAsInt();
    }

    /** Whom the files of a checkout must belong to on disk, as the runner sees it, so that sandboxes own what they see. */
    public int checkoutUid() {
        return views.isPresent() ? 0 : uid(0);
    }

    /** The checkouts as the sandbox of this slot owns them. */
    public Path checkouts(int slot) {
        return views.map(path -> path.resolve(Integer.toString(slot))).orElse(checkouts());
    }

    /** The checkouts as the runner owns them. */
    public Path checkouts() {
        return state.resolve("checkouts");
    }

    private static Map<String, Path> cgroups(String text) {
        Map<String, Path> all = new java.util.HashMap<>();
        for (String entry : text.split(",")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                all.put(entry.substring(0, equals), Path.of(entry.substring(equals + 1)));
            }
        }
        return all;
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
