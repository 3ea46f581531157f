package dev.belay.policies.environment.foreign;

/** What a shell takes for the name of a variable; everything else could be read as more than a name. */
final class VariableName {
    private VariableName() {}

    static boolean is(String text) {
        return !text.isEmpty()
                && !(text.charAt(0) >= '0' && text.charAt(0) <= '9')
                && text.chars()
                        .allMatch(
                                c -> c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    }
}
