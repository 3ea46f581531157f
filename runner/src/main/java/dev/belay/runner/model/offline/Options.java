package dev.belay.runner.model.offline;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.script.Script;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the process was told on its command line. */
record Options(Script script, int port, FaultPlan faults, Optional<Path> seen) {
    private static final int MOST_PORT = 65_535;

    /** @throws RuntimeException with a sentence for people */
    static Options parse(String[] arguments) {
        Optional<Path> script = Optional.empty();
        Optional<Path> seen = Optional.empty();
        List<String> faults = new ArrayList<>();
        int port = 0;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--script" -> script = Optional.of(Path.of(value));
                case "--seen" -> seen = Optional.of(Path.of(value));
                case "--fault" -> faults.add(value);
                case "--port" -> port = port(value);
                default ->
                    throw new IllegalArgumentException("there is no option " + arguments[i]
                            + "; options are: --script FILE [--port N] [--fault [K=]WORDS]... [--seen FILE]");
            }
        }
        Path file = script.orElseThrow(() -> new IllegalArgumentException("--script FILE is missing"));
        return new Options(read(file), port, FaultPlan.parse(faults), seen);
    }

    private static int port(String value) {
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > MOST_PORT) {
            throw new IllegalArgumentException("--port must be a number up to " + MOST_PORT + ", and is " + value);
        }
        return Integer.parseInt(value);
    }

    private static Script read(Path file) {
        try {
            return ScriptParser.parse(file.getFileName().toString(), Files.readString(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the script " + file + " cannot be read", unreadable);
        } catch (BelayException wrong) {
            throw new IllegalArgumentException(wrong.what() + "; " + wrong.next(), wrong);
        }
    }
}
