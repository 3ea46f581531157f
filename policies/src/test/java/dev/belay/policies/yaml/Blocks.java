package dev.belay.policies.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Cases that are files: {@code ==== NAME}, the file, {@code ----}, and what becomes of it, a line each. */
public final class Blocks {
    /** @param line where the case stands in its table */
    public record Block(String name, int line, String text, List<String> expected) {}

    private Blocks() {}

    static List<Block> read(String table) {
        return read(Blocks.class, table);
    }

    /** @param of beside whom the table lies */
    public static List<Block> read(Class<?> of, String table) {
        List<Block> blocks = new ArrayList<>();
        String name = "";
        int started = 0;
        int number = 0;
        boolean inText = true;
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (String line : (all(of, table) + "\n==== ").lines().toList()) {
            number++;
            if (line.startsWith("==== ")) {
                if (!name.isEmpty()) {
                    blocks.add(new Block(name, started, plain(text.toString()), List.copyOf(expected)));
                }
                name = line.substring(5);
                started = number;
                inText = true;
                text.setLength(0);
                expected.clear();
            } else if (line.equals("----")) {
                inText = false;
            } else if (inText) {
                text.append(line).append('\n');
            } else if (!line.isBlank()) {
                expected.add(line);
            }
        }
        return blocks;
    }

    /** What an editor would not show is written as an escape. */
    private static String plain(String text) {
        return text.replace("\\u202e", "\u202e").replace("\\u0001", "\u0001").replace("\\u200b", "\u200b");
    }

    private static String all(Class<?> of, String table) {
        try (InputStream in = Objects.requireNonNull(of.getResourceAsStream(table), table)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
