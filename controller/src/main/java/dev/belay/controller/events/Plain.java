package dev.belay.controller.events;

/** Text from outside, made fit for a column: PostgreSQL's text holds no NUL, and a reason is not a novel. */
final class Plain {
    private Plain() {}

    static String text(String text, int most) {
        String plain = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
        return plain.length() <= most ? plain : plain.substring(0, most);
    }
}
