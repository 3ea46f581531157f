package dev.belay.policies.codex;

import dev.belay.policies.commands.CommandPattern;
import java.util.ArrayList;
import java.util.List;

/** A command that an author says a rule speaks of, or does not. */
record Example(int at, List<String> words) {
    private static final int LONGEST = 900;

    Example {
        words = List.copyOf(words);
    }

    static List<Example> all(Arguments arguments, String key) throws RulesSyntaxException {
        List<Example> all = new ArrayList<>();
        if (arguments.value(key).isEmpty()) {
            return all;
        }
        for (Value item : arguments.items(key)) {
            all.add(new Example(item.at(), words(item)));
        }
        return all;
    }

    private static List<String> words(Value item) throws RulesSyntaxException {
        List<String> words = new ArrayList<>();
        switch (item) {
            case Value.Text line ->
                words.addAll(ShellWords.of(line.value())
                        .orElseThrow(() -> new RulesSyntaxException(
                                line.at(), "a quote in this example is not closed", "close it, or write a list")));
            case Value.Items(int _, List<Value> items) -> {
                for (Value word : items) {
                    if (!(word instanceof Value.Text text)) {
                        throw Arguments.mustBe(word, "a word of an example", "a string");
                    }
                    words.add(text.value());
                }
            }
        }
        if (words.isEmpty()) {
            throw new RulesSyntaxException(item.at(), "this example is empty", "write a command, or take it out");
        }
        return words;
    }

    boolean beginsWith(List<List<String>> pattern) {
        if (words.size() < pattern.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (!pattern.get(i).contains(words.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Without the folder of its program. */
    Example anywhere() {
        List<String> bare = new ArrayList<>(words);
        bare.set(0, bare.getFirst().substring(bare.getFirst().lastIndexOf('/') + 1));
        return new Example(at, bare);
    }

    String line() {
        return CommandPattern.words(words);
    }

    /** Whether a line can stand in a policy. */
    static boolean fits(String line) {
        return line.length() <= LONGEST && line.chars().noneMatch(c -> c < ' ' || c == 0x7f);
    }
}
