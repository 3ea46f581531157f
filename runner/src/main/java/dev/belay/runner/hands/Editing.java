package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import java.util.regex.Pattern;

/** In which form a model is told that it can change a part of a file. It may call the other one, too. */
public enum Editing {
    /** By the text that is replaced. */
    TEXT(ToolName.EDIT.word()),
    /** By patches. */
    PATCH(PatchText.TOOL);

    /** Models that were trained on patches. Elsewhere the same names may be other models, which were not. */
    private static final Pattern BY_PATCH = Pattern.compile("openai/(?:gpt|codex|o[0-9]).*");

    private final String tool;

    Editing(String tool) {
        this.tool = tool;
    }

    /** @param model with its provider */
    public static Editing of(String model) {
        return BY_PATCH.matcher(model).matches() ? PATCH : TEXT;
    }

    String tool() {
        return tool;
    }

    boolean offers(String name) {
        return name.equals(tool) || (!name.equals(TEXT.tool) && !name.equals(PATCH.tool));
    }
}
