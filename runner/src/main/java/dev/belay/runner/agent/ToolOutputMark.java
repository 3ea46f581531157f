package dev.belay.runner.agent;

import dev.belay.runner.agent.Conversation.Part;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Shows a model where a tool's output begins and where it ends, by tags whose names nothing that prints can know.
 *
 * <p>Guarantees: what stands between the tags holds the word nowhere, in no letter case, so that nothing there ends them; the
 * same conversation is shown as the same bytes. Only what a model is shown is marked: records keep the bare output.
 *
 * @param word ends the tags' names; without one nothing is marked
 */
public record ToolOutputMark(String word) {
    public static final ToolOutputMark NONE = new ToolOutputMark("");

    private static final int DIGITS = 12;

    /** A new one. */
    public static ToolOutputMark drawn(RandomGenerator random) {
        return new ToolOutputMark(HexFormat.of().toHexDigits(random.nextLong(), DIGITS));
    }

    public String opening() {
        return "<tool_output-" + word + ">";
    }

    public String closing() {
        return "</tool_output-" + word + ">";
    }

    public Conversation on(Conversation bare) {
        return word.isEmpty()
                ? bare
                : new Conversation(bare.parts().stream().map(this::shown).toList());
    }

    private Part shown(Part part) {
        return part instanceof Part.Result(ToolCall call, ToolOutcome outcome)
                ? new Part.Result(call, on(outcome))
                : part;
    }

    public ToolOutcome on(ToolOutcome bare) {
        return word.isEmpty()
                ? bare
                : new ToolOutcome(
                        bare.isError(),
                        bare.exitCode(),
                        around(bare.output()),
                        bare.summary(),
                        bare.outputBytes(),
                        bare.timedOut());
    }

    /** The model was told the word and can have put it into a file, from which a tool prints it. */
    public String around(String output) {
        if (word.isEmpty()) {
            return output;
        }
        String harmless = Pattern.compile(word, Pattern.LITERAL | Pattern.CASE_INSENSITIVE)
                .matcher(output)
                .replaceAll(".".repeat(word.length()));
        return opening() + "\n" + harmless + (harmless.endsWith("\n") ? "" : "\n") + closing();
    }
}
