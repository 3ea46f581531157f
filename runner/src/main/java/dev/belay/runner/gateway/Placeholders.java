package dev.belay.runner.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what stands for secrets in texts of one character for each byte, in this spelling and no other. */
final class Placeholders {
    private static final Pattern BASIC = Pattern.compile("([Bb][Aa][Ss][Ii][Cc][ \\t]+)([A-Za-z0-9+/]+=*)");

    private final List<Vault.Entry> entries;

    Placeholders(List<Vault.Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    boolean none() {
        return entries.isEmpty();
    }

    Optional<Vault.Entry> firstIn(String text) {
        return entries.stream()
                .filter(entry -> text.contains(entry.placeholder()))
                .findFirst();
    }

    /** In the value of a header; one of the Basic scheme is opened, and closed again where something was found. */
    String replaced(String value, Function<Vault.Entry, String> by) {
        if (none()) {
            return value;
        }
        Matcher basic = BASIC.matcher(value);
        if (!basic.matches()) {
            return plain(value, by);
        }
        Optional<String> opened = opened(basic.group(2));
        if (opened.isEmpty() || firstIn(opened.get()).isEmpty()) {
            return value;
        }
        return basic.group(1) + closed(plain(opened.get(), by));
    }

    static String closed(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * What was put in is not looked at again. Where each of them stands next is remembered, so that a text full of one is not
     * read from there to its end for all the others, each time.
     */
    private String plain(String text, Function<Vault.Entry, String> by) {
        StringBuilder replaced = new StringBuilder();
        int[] found = new int[entries.size()];
        Arrays.fill(found, -1);
        int from = 0;
        while (true) {
            int at = text.length();
            Vault.@Nullable Entry next = null;
            for (int i = 0; i < found.length; i++) {
                if (found[i] < from) {
                    int ahead = text.indexOf(entries.get(i).placeholder(), from);
                    found[i] = ahead < 0 ? text.length() : ahead;
                }
                if (found[i] < at) {
                    at = found[i];
                    next = entries.get(i);
                }
            }
            replaced.append(text, from, at);
            if (next == null) {
                return replaced.toString();
            }
            replaced.append(by.apply(next));
            from = at + next.placeholder().length();
        }
    }

    private static Optional<String> opened(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }
}
