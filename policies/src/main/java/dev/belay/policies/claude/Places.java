package dev.belay.policies.claude;

import dev.belay.policies.claude.JsonNode.Text;
import dev.belay.policies.language.Spot;
import java.util.Map;
import java.util.TreeMap;

/** Lines and columns of one text. */
final class Places {
    private final String file;
    private final String text;
    /** Where each line begins, and its number. */
    private final TreeMap<Integer, Integer> lines = new TreeMap<>(Map.of(0, 1));

    Places(String file, String text) {
        this.file = file;
        this.text = text;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            lines.put(end + 1, lines.size() + 1);
        }
    }

    Spot of(int offset) {
        int within = Math.min(offset, text.length());
        Map.Entry<Integer, Integer> line = lines.floorEntry(within);
        return new Spot(file, line.getValue(), text.codePointCount(line.getKey(), within) + 1);
    }

    /** Of a character of a string as it is read, which may be written with escapes. */
    Spot inside(Text string, int index) {
        int offset = string.at() + 1;
        for (int i = 0; i < Math.min(index, string.value().length()); i++) {
            offset += JsonTree.unit(text, offset);
        }
        return of(offset);
    }

    Spot wholeFile() {
        return new Spot(file, 0, 0);
    }
}
