package dev.belay.runner.hands;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A patch, the files that it meets, and what becomes of them. What is not said to change must stay as it is.
 *
 * @param before by path
 * @param after by path, of those that change; empty text in angle brackets, {@code <gone>}, for no file
 * @param says what its answer contains
 */
record PatchCase(
        String name,
        Map<String, String> before,
        String patch,
        Map<String, String> after,
        boolean refused,
        String says) {
    static final String GONE = "<gone>";

    PatchCase {
        before = Map.copyOf(before);
        after = Map.copyOf(after);
    }

    static PatchCase of(String name) {
        return new PatchCase(name, Map.of(), "", Map.of(), false, "");
    }

    PatchCase file(String path, String content) {
        return new PatchCase(name, and(before, path, content), patch, after, refused, says);
    }

    /** Between the lines that every patch has. */
    PatchCase sections(String lines) {
        return patch("*** Begin Patch\n" + lines + "*** End Patch\n");
    }

    PatchCase patch(String text) {
        return new PatchCase(name, before, text, after, refused, says);
    }

    PatchCase becomes(String path, String content) {
        return new PatchCase(name, before, patch, and(after, path, content), refused, says);
    }

    PatchCase gone(String path) {
        return becomes(path, GONE);
    }

    PatchCase says(String text) {
        return new PatchCase(name, before, patch, after, refused, text);
    }

    PatchCase refused(String why) {
        return new PatchCase(name, before, patch, after, true, why);
    }

    /** All files, as they are to be. */
    Map<String, String> expected() {
        Map<String, String> all = new LinkedHashMap<>(before);
        all.putAll(after);
        return all;
    }

    @Override
    public String toString() {
        return name;
    }

    private static Map<String, String> and(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }
}
