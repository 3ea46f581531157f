package dev.belay.policies.prose;

/** What a heading or a label says of everything below it. */
record Section(Stance stance, Topic topic) {
    enum Stance {
        ALLOWED,
        RESTRICTED,
        ASK,
        /** Each item says it itself. */
        MIXED,
        /** What an agent has to do, which is no right. */
        DUTY
    }

    enum Topic {
        ANY,
        NETWORK,
        FILES,
        COMMANDS,
        TOOLS
    }

    Section about(Topic other) {
        return new Section(stance, other);
    }
}
