package dev.belay.policies.yaml;

import dev.belay.policies.language.Quoted;
import dev.belay.proto.bounds.SecretText;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Names of secrets, where people may well have pasted the value: what has the looks of one is never shown. */
final class SecretName {
    private static final Pattern SHOWN = Pattern.compile("[$A-Za-z0-9_-]{1,32}");

    private final Problems problems;
    private final Nodes nodes;

    SecretName(Problems problems, Nodes nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    /** @param key that it stands under */
    Optional<String> read(Node node, String key) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            if (SecretText.isName(scalar.getValue())) {
                return Optional.of(scalar.getValue());
            }
            problems.add(node, shown(scalar.getValue()) + " under `" + key + "` is not a secret's name", fix(scalar));
            return Optional.empty();
        }
        nodes.string(node, "`" + key + "`");
        return Optional.empty();
    }

    /** A text in a message, unless it could be the value. */
    static String shown(String text) {
        return SHOWN.matcher(text).matches()
                ? Quoted.of(text)
                : "what stands here, which may be a value and is not shown,";
    }

    private static String fix(ScalarNode scalar) {
        String upper = scalar.getValue().strip().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
        return SHOWN.matcher(scalar.getValue()).matches() && SecretText.isName(upper)
                ? "write " + upper
                : "write capital letters, digits and _, and no value: NPM_TOKEN";
    }
}
