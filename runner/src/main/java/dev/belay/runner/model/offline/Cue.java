package dev.belay.runner.model.offline;

/**
 * All that an answer is made of.
 *
 * @param created seconds, for the wires that tell them
 * @param tag stands for the request, in the ids of what answers it
 */
record Cue(Asked asked, Spoken spoken, Tokens.Usage usage, long created, String tag) {
    Cue(Asked asked, Spoken spoken, Tokens.Usage usage, long created) {
        this(asked, spoken, usage, created, Seal.tag(asked.prompt().text()));
    }

    String id(String prefix) {
        return prefix + tag;
    }

    /** @param index tells apart what one answer has many of */
    String id(String prefix, int index) {
        return prefix + tag + String.format("%02d", index);
    }
}
