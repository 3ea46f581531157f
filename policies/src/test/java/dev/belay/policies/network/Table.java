package dev.belay.policies.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The cases of a table that lies beside the tests, each with the line that it stands at. */
record Table(List<Row> rows) {
    record Row(String place, String text) {
        /** What is written with escapes. */
        static String plain(String written) {
            if (written.equals("\"\"")) {
                return "";
            }
            return Pattern.compile("\\\\u([0-9a-f]{4})")
                    .matcher(written.replace("\\s", " "))
                    .replaceAll(found ->
                            Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(found.group(1), 16))));
        }

        @Override
        public String toString() {
            return place + ": " + text;
        }
    }

    static Table of(String name) {
        try (InputStream in = Table.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no table " + name);
            }
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (!line.isEmpty() && !line.startsWith("#")) {
                    rows.add(new Row(name + ":" + (i + 1), line));
                }
            }
            return new Table(rows);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
