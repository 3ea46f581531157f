package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a push orders, read so that no server can read it differently: what some of them would forgive is refused.
 *
 * @param commands none in the probe that goes before a large push
 * @param capabilities what the client speaks, without values
 */
record PushCommands(List<Command> commands, Set<String> capabilities) {
    static final int MOST_BYTES = 1 << 20;
    static final int MOST = 1000;

    private static final int LONGEST_REF = 4096;
    private static final String ID = "[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?";
    private static final Pattern SHALLOW = Pattern.compile("shallow " + ID);
    private static final Pattern COMMAND =
            Pattern.compile("(?<before>" + ID + ") (?<after>" + ID + ") (?<ref>.*)", Pattern.DOTALL);
    private static final Pattern CAPABILITIES = Pattern.compile("[ -~]*");
    /** What git itself lets no name of a ref have. */
    private static final Pattern NO_REF =
            Pattern.compile("[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|@\\{|/\\.|//|/\\z|\\.\\z|\\.lock(?:/|\\z)");

    /** @param ref one character for each byte */
    record Command(String before, String after, String ref) {}

    PushCommands {
        commands = List.copyOf(commands);
        capabilities = Set.copyOf(capabilities);
    }

    /** All that comes before the options and the pack. */
    static PushCommands read(PktLines lines) throws IOException {
        Optional<String> first = lines.next();
        if (first.isEmpty() && lines.ended()) {
            return new PushCommands(List.of(), Set.of());
        }
        while (first.isPresent() && SHALLOW.matcher(chomped(first.get())).matches()) {
            first = lines.next();
        }
        String line = chomped(first.orElseThrow(() -> new BadPushException("it has no command")));
        int nul = line.indexOf(0);
        Set<String> capabilities = nul < 0 ? Set.of() : capabilities(line.substring(nul + 1));
        try {
            return new PushCommands(commands(nul < 0 ? line : line.substring(0, nul), lines), capabilities);
        } catch (BadPushException bad) {
            throw bad.knowing(capabilities);
        }
    }

    private static List<Command> commands(String first, PktLines lines) throws IOException {
        List<Command> commands = new ArrayList<>();
        for (Optional<String> line = Optional.of(first);
                line.isPresent();
                line = lines.next().map(PushCommands::chomped)) {
            commands.add(command(line.get()));
            if (commands.size() > MOST) {
                throw new BadPushException("it has more than " + MOST + " commands");
            }
        }
        return commands;
    }

    List<String> refs() {
        return commands.stream().map(Command::ref).distinct().toList();
    }

    /** What the refs would become; of those that would be deleted, nothing. */
    List<String> tips() {
        return commands.stream()
                .map(Command::after)
                .filter(after -> after.chars().anyMatch(digit -> digit != '0'))
                .distinct()
                .toList();
    }

    boolean hasOptions() {
        return capabilities.contains("push-options");
    }

    private static Command command(String text) throws BadPushException {
        if (text.equals("push-cert")) {
            throw new BadPushException("it is signed, and a certificate of a push is not read");
        }
        var command = COMMAND.matcher(text);
        if (!command.matches()
                || command.group("before").length() != command.group("after").length()) {
            throw new BadPushException("a line of it is no command");
        }
        String ref = command.group("ref");
        if (ref.length() > LONGEST_REF
                || !ref.startsWith("refs/")
                || NO_REF.matcher(ref).find()) {
            throw new BadPushException("a name in it is not that of a branch, a tag or another ref");
        }
        return new Command(command.group("before"), command.group("after"), ref);
    }

    private static Set<String> capabilities(String text) throws BadPushException {
        if (!CAPABILITIES.matcher(text).matches()) {
            throw new BadPushException("its capabilities have a character that none has");
        }
        return Stream.of(text.split(" ", -1))
                .map(capability -> capability.split("=", 2)[0])
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Clients may end a line with a line feed, and servers drop it. */
    private static String chomped(String line) {
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    /** For people: a ref that is as long as it may be, or of strange characters, must not spoil what it is shown in. */
    static String shown(String ref) {
        String text = new String(ref.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .replaceAll("[\\p{C}\\p{Z}]", "?");
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
