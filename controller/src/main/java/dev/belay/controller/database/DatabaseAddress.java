package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL is and who asks it. The password is apart from the rest, and in no text that this makes.
 *
 * @param patience how long a controller that starts waits for a server that starts too
 * @param where hosts with their ports as in the address, several with commas
 * @param options what the driver is told besides
 */
public record DatabaseAddress(
        String where,
        String database,
        String user,
        Optional<String> password,
        Map<String, String> options,
        Duration patience) {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");

    private static final Pattern FORM = Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?://(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<where>[^@/?#]+)"
                    + "/(?<database>[^@/?#]+)(?:\\?(?<options>[^#]*))?");
    private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+])(?::[0-9]{1,5})?");

    /** What libpq calls otherwise than the driver of Java does. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "target_session_attrs", "targetServerType");

    /**
     * What {@code BELAY_DATABASE_URL} says, with the password from {@code BELAY_DATABASE_PASSWORD_FILE} or {@code
     * BELAY_DATABASE_PASSWORD} where one is set.
     *
     * @return nothing for the embedded database
     */
    public static Optional<DatabaseAddress> from(Map<String, String> environment) {
        return text(environment, "BELAY_DATABASE_URL")
                .map(url -> parse(url, password(environment)).patient(patience(environment)));
    }

    private static Duration patience(Map<String, String> environment) {
        String given = text(environment, "BELAY_DATABASE_WAIT").orElse("" + PATIENCE.toSeconds());
        if (!SECONDS.matcher(given).matches()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "BELAY_DATABASE_WAIT=" + given + " is not usable",
                    "controller: it is how many seconds a start waits for the database, 0 to 9999",
                    "unset BELAY_DATABASE_WAIT, or: export BELAY_DATABASE_WAIT=15");
        }
        return Duration.ofSeconds(Long.parseLong(given));
    }

    DatabaseAddress patient(Duration wanted) {
        return new DatabaseAddress(where, database, user, password, options, wanted);
    }

    private static Optional<String> password(Map<String, String> environment) {
        Optional<Path> file = text(environment, "BELAY_DATABASE_PASSWORD_FILE").map(Path::of);
        if (file.isEmpty()) {
            return text(environment, "BELAY_DATABASE_PASSWORD");
        }
        try {
            if (Files.getPosixFilePermissions(file.get()).contains(PosixFilePermission.OTHERS_READ)) {
                throw unusable(file.get(), "everybody on this machine may read it", "chmod o-rwx " + file.get());
            }
            String line = Files.readString(file.get()).strip();
            if (line.isEmpty() || line.contains("\n")) {
                throw unusable(file.get(), "it does not hold one line", "write the password into it");
            }
            return Optional.of(line);
        } catch (IOException unreadable) {
            throw unusable(file.get(), "it cannot be read: " + unreadable.getMessage(), "ls -l " + file.get())
                    .causedBy(unreadable);
        }
    }

    private static BelayException unusable(Path file, String why, String next) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "BELAY_DATABASE_PASSWORD_FILE=" + file + " cannot be used",
                "controller: " + why,
                next);
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /**
     * Reads {@code postgresql://USER:PASSWORD@HOST:PORT/NAME?…}, or the same as {@code jdbc:postgresql://…}.
     *
     * @param apart the password when it is not in the address
     * @throws BelayException E_USAGE, without a word of what was given: there may be a password in it
     */
    public static DatabaseAddress parse(String given, Optional<String> apart) {
        Matcher form = FORM.matcher(given);
        if (!form.matches()) {
            throw refused("it has another form");
        }
        String where = form.group("where");
        for (String host : where.split(",", -1)) {
            if (!HOST.matcher(host).matches()) {
                throw refused("it names no host, or none that can be one");
            }
        }
        Map<String, String> options = options(form.group("options"));
        String user = Optional.ofNullable(form.group("user"))
                .map(DatabaseAddress::decoded)
                .orElse("");
        Optional<String> password = Optional.ofNullable(form.group("password")).map(DatabaseAddress::decoded);
        String userToo = options.remove("user");
        Optional<String> passwordToo = Optional.ofNullable(options.remove("password"));
        if (user.isEmpty() && userToo != null) {
            user = userToo;
        }
        if (user.isEmpty()) {
            throw refused("it names no user");
        }
        return new DatabaseAddress(
                where,
                decoded(form.group("database")),
                user,
                apart.or(() -> password).or(() -> passwordToo),
                Map.copyOf(options),
                PATIENCE);
    }

    /** As the driver takes it, for everything but the user and the password. */
    public String jdbcUrl() {
        String told = new TreeMap<>(options)
                .entrySet().stream()
                        .map(option -> encoded(option.getKey()) + "=" + encoded(option.getValue()))
                        .collect(Collectors.joining("&"));
        return "jdbc:postgresql://" + where + "/" + encoded(database) + (told.isEmpty() ? "" : "?" + told);
    }

    @Override
    public String toString() {
        return user + "@" + where + "/" + database;
    }

    private static Map<String, String> options(@Nullable String text) {
        Map<String, String> options = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return options;
        }
        for (String option : text.split("&", -1)) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw refused("what follows its ? is not NAME=VALUE&NAME=VALUE");
            }
            String name = decoded(option.substring(0, equals));
            String value = decoded(option.substring(equals + 1));
            if (name.equals("target_session_attrs")) {
                value = value.equals("any") ? "any" : "primary";
            }
            options.put(OTHER_NAMES.getOrDefault(name, name), value);
        }
        return options;
    }

    private static String decoded(String text) {
        try {
            // In this place a plus sign is one.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw refused("a % in it is not followed by two hexadecimal digits; a % itself is written %25");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static BelayException refused(String why) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "BELAY_DATABASE_URL is not the address of a PostgreSQL",
                why + " (it is not repeated here, since there may be a password in it)",
                "export BELAY_DATABASE_URL=postgresql://USER@HOST:5432/NAME, with the password in"
                        + " BELAY_DATABASE_PASSWORD_FILE; unset it to use the embedded database");
    }
}
