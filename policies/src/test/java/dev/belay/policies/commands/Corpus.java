package dev.belay.policies.commands;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The labelled command lines, and the rules that they are judged by. */
record Corpus(Map<String, CommandRules> rules, List<Entry> entries) {
    /** @param number of the line that it stands on */
    record Entry(int number, String label, String rules, String line) {
        @Override
        public String toString() {
            return "corpus.txt:" + number + " " + label + " " + line.replace("\n", "\\n");
        }
    }

    static Corpus read() throws IOException, PatternException {
        Map<String, CommandRules> rules = new HashMap<>();
        List<Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text().lines().toList()) {
            number++;
            if (line.startsWith("rules ")) {
                int colon = line.indexOf(':');
                rules.put(line.substring(6, colon), rules(line.substring(colon + 1)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" ", 3);
                entries.add(new Entry(number, parts[0], parts[1], unescaped(parts[2])));
            }
        }
        return new Corpus(rules, entries);
    }

    static CommandRules rules(String text) throws PatternException {
        List<Clause> clauses = new ArrayList<>();
        for (String rule : text.split(";")) {
            String[] parts = rule.strip().split(" ", 2);
            clauses.add(clause(Effect.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1], ""));
        }
        return new CommandRules(clauses);
    }

    static Clause clause(Effect effect, String pattern, String reason) {
        return new Clause(
                effect, Subject.COMMAND, pattern, new Origin("NO " + pattern, new Spot("CLAUDE.md", 14, 3), reason));
    }

    private static String text() throws IOException {
        try (InputStream in = Objects.requireNonNull(Corpus.class.getResourceAsStream("corpus.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String unescaped(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                line.append(c);
                continue;
            }
            i++;
            line.append(
                    switch (text.charAt(i)) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case '\\' -> '\\';
                        default -> throw new IllegalArgumentException("no escape: " + text);
                    });
        }
        return line.toString();
    }
}
