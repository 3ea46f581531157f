package dev.belay.policies.language;

import java.util.Map;
import java.util.TreeMap;

/** Lines and columns of one text. */
public final class Places {
    private final String file;
    private final String text;
    /** Where each line begins, and its number. */
    private final TreeMap<Integer, Integer> lines = new TreeMap<>(Map.of(0, 1));

    public Places(String file, String text) {
        this.file = file;
        this.text = text;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            lines.put(end + 1, lines.size() + 1);
        }
    }

    public Spot of(int offset) {
        int within = Math.min(offset, text.length());
        Map.Entry<Integer, Integer> line = lines.floorEntry(within);
        return new Spot(file, line.getValue(), text.codePointCount(line.getKey(), within) + 1);
    }

    /** The text that the places are in. */
    public String text() {
        return text;
    }

    public Spot wholeFile() {
        return new Spot(file, 0, 0);
    }
}
