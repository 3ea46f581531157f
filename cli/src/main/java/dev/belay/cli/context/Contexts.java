package dev.belay.cli.context;

import dev.belay.cli.Cli;
import dev.belay.cli.StateFolder;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The servers that this person has named. Which one is in use: BELAY_SERVER wins over all; then --context or
 * BELAY_CONTEXT; then the one that was chosen by {@code belay context use}; else the local one.
 *
 * @param current the chosen one's name, or {@code local}
 */
public record Contexts(Path file, String current, List<Context> all) {
    public Contexts {
        all = List.copyOf(all);
    }

    /** None when there is no file. */
    static Contexts read(Cli cli) {
        Path file = folder(cli).resolve("contexts.json");
        if (!Files.exists(file)) {
            return new Contexts(file, Context.LOCAL, List.of());
        }
        Token.refuseReadableByOthers(file);
        try {
            Json json = Json.parse(StateFolder.read(file).orElse(""));
            List<Context> all = new ArrayList<>();
            for (Json one : json.get("contexts").items()) {
                all.add(Context.of(one));
            }
            String current = json.text("current");
            return new Contexts(file, current.isEmpty() ? Context.LOCAL : current, all);
        } catch (JsonException damaged) {
            throw BelayException.of(
                            ErrorCode.E_BAD_REQUEST,
                            file + " is damaged",
                            damaged.getMessage() + " (layer: client)",
                            "mend it, or remove it and belay context add anew")
                    .causedBy(damaged);
        }
    }

    private static Path folder(Cli cli) {
        String config = cli.env("XDG_CONFIG_HOME");
        // The specification of XDG has relative paths ignored.
        Path base = config.startsWith("/")
                ? Path.of(config)
                : Path.of(cli.env().getOrDefault("HOME", System.getProperty("user.home", "/")), ".config");
        return base.toAbsolutePath().resolve("belay");
    }

    /** The context that this command is for; nothing for the local server and for BELAY_SERVER. */
    public static Optional<Context> inUse(Cli cli) {
        if (!cli.env("BELAY_SERVER").isEmpty()) {
            return Optional.empty();
        }
        String wish = cli.env("BELAY_CONTEXT");
        if (wish.equals(Context.LOCAL)) {
            return Optional.empty();
        }
        Contexts contexts = read(cli);
        String name = wish.isEmpty() ? contexts.current : wish;
        return name.equals(Context.LOCAL) ? Optional.empty() : Optional.of(contexts.named(name));
    }

    Optional<Context> find(String name) {
        return all.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    Context named(String name) {
        return find(name).orElseThrow(() -> {
            List<String> names = new ArrayList<>(all.stream().map(Context::name).toList());
            names.add(Context.LOCAL);
            return BelayException.of(
                    ErrorCode.E_NOT_FOUND,
                    "there is no context " + name + Nearest.hint(name, names),
                    "contexts are " + String.join(", ", names) + " (layer: client)",
                    "belay context list");
        });
    }

    Contexts with(Context more) {
        List<Context> longer = new ArrayList<>(all);
        longer.add(more);
        return new Contexts(file, current, longer);
    }

    Contexts without(String name) {
        return new Contexts(
                file,
                current.equals(name) ? Context.LOCAL : current,
                all.stream().filter(one -> !one.name().equals(name)).toList());
    }

    Contexts using(String name) {
        return new Contexts(file, name, all);
    }

    void save() {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalStateException("contexts.json must be in a folder");
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "cannot make " + folder,
                            failed.getClass().getSimpleName() + ": " + failed.getMessage() + " (layer: client)",
                            "export XDG_CONFIG_HOME=DIR with a folder of your own")
                    .causedBy(failed);
        }
        StateFolder.write(
                file,
                Json.object()
                                .put("current", current)
                                .put(
                                        "contexts",
                                        new Json.Arr(
                                                all.stream().map(Context::json).toList()))
                                .build()
                                .pretty()
                        + "\n");
    }
}
