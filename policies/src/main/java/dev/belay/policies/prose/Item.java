package dev.belay.policies.prose;

import java.util.List;

/**
 * One point of a part about permissions, before it is understood.
 *
 * @param own the first of its words that is not the words' above it
 * @param seen whether whoever reads the file is sure to see it
 */
record Item(Section section, List<Token> tokens, Token own, boolean seen) {
    Item {
        tokens = List.copyOf(tokens);
    }
}
