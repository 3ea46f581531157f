package dev.belay.cli.policy;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.network.WrittenRequest;
import dev.belay.policies.shell.OneWord;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.stream.Collectors;

/** What a policy can be asked. */
sealed interface Question {
    Verdict ask(Policy policy);

    /** As a person wrote it. */
    String text();

    record Command(String text) implements Question {
        /** One word is a whole command line; several are what a shell made of one, and are quoted to be the same again. */
        static Command of(List<String> words) {
            return new Command(
                    words.size() == 1
                            ? words.getFirst()
                            : words.stream().map(OneWord::of).collect(Collectors.joining(" ")));
        }

        @Override
        public Verdict ask(Policy policy) {
            return policy.command(text);
        }
    }

    record Edit(String text) implements Question {
        @Override
        public Verdict ask(Policy policy) {
            return policy.edit(text);
        }
    }

    record Read(String text) implements Question {
        @Override
        public Verdict ask(Policy policy) {
            return policy.read(text);
        }
    }

    record Host(String text, String host, int port) implements Question {
        private static final int HTTPS = 443;

        /** {@code example.com}, {@code example.com:8080}, {@code [::1]:443}. */
        static Host parse(String text) {
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon > text.lastIndexOf(']') && text.indexOf(':') == colon || text.contains("]:");
            if (!hasPort) {
                return new Host(text, text, HTTPS);
            }
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port > 0 && port < 65_536) {
                    return new Host(text, text.substring(0, colon), port);
                }
            } catch (NumberFormatException notANumber) {
                throw noPort(text).causedBy(notANumber);
            }
            throw noPort(text);
        }

        private static BelayException noPort(String text) {
            return BelayException.of(
                    ErrorCode.E_USAGE,
                    "`" + text + "` has no port that could be",
                    "a port is 1 to 65535 (layer: client)",
                    "belay policy test --host example.com:443");
        }

        @Override
        public Verdict ask(Policy policy) {
            return policy.network(host, port);
        }
    }

    record Request(String text, WrittenRequest request) implements Question {
        /** {@code GET https://api.example.com/user}. */
        static Request parse(String text) {
            return WrittenRequest.parse(text)
                    .map(request -> new Request(text, request))
                    .orElseThrow(() -> BelayException.of(
                            ErrorCode.E_USAGE,
                            "`" + text + "` is no request",
                            "a request is a method and an address (layer: client)",
                            "belay policy test --request \"GET https://api.example.com/user\""));
        }

        @Override
        public Verdict ask(Policy policy) {
            return policy.request(request.host().text(), request.port(), request.method(), request.target());
        }
    }

    /** A line of a batch: one of {@code command}, {@code host}, {@code request}, {@code path}, {@code read}. */
    static Question of(Json line) {
        List<String> asked = List.of("command", "host", "request", "path", "read").stream()
                .filter(name -> !line.get(name).isNull())
                .toList();
        if (asked.size() != 1) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "a line of the batch asks " + (asked.isEmpty() ? "nothing" : "several things"),
                    "it has one of command, host, request, path and read (layer: client)",
                    "{\"command\": \"git push\", \"expect\": \"deny\"}");
        }
        String text = line.text(asked.getFirst());
        if (text.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "a line of the batch has a " + asked.getFirst() + " that is no text",
                    "it would be answered as if nothing were asked (layer: client)",
                    "{\"" + asked.getFirst() + "\": \"…\"}");
        }
        return switch (asked.getFirst()) {
            case "command" -> new Command(text);
            case "host" -> Host.parse(text);
            case "request" -> Request.parse(text);
            case "path" -> new Edit(text);
            default -> new Read(text);
        };
    }
}
