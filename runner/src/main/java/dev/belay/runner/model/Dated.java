package dev.belay.runner.model;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Models of a certain day: what is known of a model is true of those. */
final class Dated {
    private static final Pattern DATED = Pattern.compile("(.+?)[-@](\\d{8}|\\d{4}-\\d{2}-\\d{2}|latest)");

    private Dated() {}

    static <T> Optional<T> find(Map<String, T> byModel, String model) {
        T exact = byModel.get(model);
        if (exact != null) {
            return Optional.of(exact);
        }
        Matcher dated = DATED.matcher(model);
        return dated.matches() ? Optional.ofNullable(byModel.get(dated.group(1))) : Optional.empty();
    }
}
