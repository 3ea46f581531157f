package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.Variable;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.shell.OneWord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A text of a dev container, with what its program would put in place of {@code ${…}}: known by name, or refused. */
final class Substituted {
    private static final String PROJECT = "/workspace";
    private static final String OF_CONTAINER = "containerEnv:";
    private static final Map<String, String> REFUSED = Map.of(
            "localEnv:", "it is a variable of the person's own machine",
            "env:", "it is a variable of the person's own machine",
            "localWorkspaceFolder", "it is a folder of the person's own machine",
            "containerWorkspaceFolderBasename", "the project's folder has another name in a sandbox",
            "devcontainerId", "there is no container of that program",
            "userHome", "it is a folder of the person's own machine");

    private final List<Piece> pieces = new ArrayList<>();
    private Optional<Refusal> refusal = Optional.empty();

    /** @param variable whether it is the name of one, and no text */
    private record Piece(boolean variable, String text) {}

    record Refusal(String why, String instead) {}

    private Substituted() {}

    static Substituted of(String text) {
        Substituted all = new Substituted();
        int from = 0;
        int end = -1;
        int next;
        for (int dollar = text.indexOf("${"); dollar >= 0; dollar = next) {
            end = end < dollar ? text.indexOf('}', dollar) : end;
            if (end < 0) {
                break;
            }
            next = text.indexOf("${", dollar + 2);
            if (next >= 0 && next < end) {
                if (all.refusesNested(text.substring(dollar + 2, next))) {
                    break;
                }
            } else if (all.takes(text.substring(dollar + 2, end), text, from, dollar)) {
                from = end + 1;
            }
        }
        all.pieces.add(new Piece(false, text.substring(from)));
        return all;
    }

    /** One with another one in it: what it would be taken for is for its own program to say. */
    private boolean refusesNested(String beginning) {
        boolean known = beginning.startsWith("containerWorkspaceFolder")
                || beginning.startsWith(OF_CONTAINER)
                || REFUSED.keySet().stream().anyMatch(beginning::startsWith);
        if (known) {
            refuse(beginning + "${…}", "there is another one within it");
        }
        return known;
    }

    /**
     * Whether it means something to the other program, be it refused here; if not it is text like any other.
     *
     * @param from where the text in front of it begins, which is long where nothing was taken
     */
    private boolean takes(String inside, String text, int from, int dollar) {
        if (inside.equals("containerWorkspaceFolder")) {
            pieces.add(new Piece(false, text.substring(from, dollar) + PROJECT));
            return true;
        }
        if (inside.startsWith(OF_CONTAINER)) {
            String name = inside.substring(OF_CONTAINER.length());
            if (!VariableName.is(name)) {
                refuse(inside, "a name of a variable is missing, or it has a value for when it is not set");
            }
            pieces.add(new Piece(false, text.substring(from, dollar)));
            pieces.add(new Piece(true, name));
            return true;
        }
        Optional<String> known =
                REFUSED.keySet().stream().filter(inside::startsWith).findFirst();
        known.ifPresent(key -> refuse(inside, String.valueOf(REFUSED.get(key))));
        return known.isPresent();
    }

    private void refuse(String inside, String why) {
        if (refusal.isEmpty()) {
            refusal = Optional.of(new Refusal(
                    Quoted.of("${" + inside + "}") + " has no meaning here: " + why,
                    "write what it stands for; a secret belongs into .belay/policy.yaml and belay secret set"));
        }
    }

    Optional<Refusal> refusal() {
        return refusal;
    }

    /** Within a command line. */
    String asCommand() {
        return joined(text -> text, name -> "${" + name + "}");
    }

    /** As one word of a command line, whatever is in it. */
    String asWord() {
        return pieces.size() == 1
                ? OneWord.of(pieces.getFirst().text())
                : joined(text -> text.isEmpty() ? "" : OneWord.quoted(text), name -> "\"${" + name + "}\"");
    }

    /** A refusal where it builds on a variable that no value can build on. */
    Optional<Refusal> refusalAsValue() {
        return refusal.or(() -> pieces.stream()
                .filter(piece -> piece.variable() && !Variable.KNOWN.contains(piece.text()))
                .findFirst()
                .map(piece -> new Refusal(
                        Quoted.of("${containerEnv:" + piece.text() + "}")
                                + " has no meaning here: a value builds on the sandbox's own variables alone",
                        "of these there are $" + String.join(", $", Variable.KNOWN) + "; write what it stands for")));
    }

    /** As the value of a variable in an environment. */
    String asValue() {
        return joined(text -> text.replace("$", "$$"), name -> "${" + name + "}");
    }

    private interface Written {
        String of(String text);
    }

    private String joined(Written text, Written variable) {
        StringBuilder all = new StringBuilder();
        pieces.forEach(piece -> all.append((piece.variable() ? variable : text).of(piece.text())));
        return all.toString();
    }
}
