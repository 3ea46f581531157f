package dev.belay.policies.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Cases as text, one a line, the columns separated by bars. */
final class Table {
    record Row(int line, List<String> columns) {
        String column(int index) {
            return columns.get(index);
        }
    }

    private Table() {}

    static List<Row> read(String name, int columns) {
        List<Row> rows = new ArrayList<>();
        int number = 0;
        for (String line : text(name).lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("# ")) {
                continue;
            }
            List<String> all =
                    Arrays.stream(line.split(" \\| ", -1)).map(Table::plain).toList();
            if (all.size() != columns) {
                throw new IllegalStateException(name + ":" + number + " has " + all.size() + " columns");
            }
            rows.add(new Row(number, all));
        }
        return rows;
    }

    private static String text(String name) {
        try (InputStream in = Objects.requireNonNull(Table.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String plain(String column) {
        if (column.equals("\"\"")) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < column.length(); at++) {
            if (column.startsWith("\\u", at)) {
                text.append((char) Integer.parseInt(column.substring(at + 2, at + 6), 16));
                at += 5;
            } else if (column.startsWith("\\\\", at)) {
                text.append('\\');
                at++;
            } else {
                text.append(column.charAt(at));
            }
        }
        return text.toString();
    }
}
