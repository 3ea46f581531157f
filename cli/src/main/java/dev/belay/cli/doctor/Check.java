package dev.belay.cli.doctor;

import dev.belay.proto.json.Json;

/**
 * One thing that was looked at.
 *
 * @param name a stable word
 * @param fix the command that mends a problem; may be empty
 */
public record Check(String name, Verdict verdict, String detail, String fix) {
    public enum Verdict {
        OK("✓"),
        PROBLEM("✗"),
        NOTE("○");

        private final String mark;

        Verdict(String mark) {
            this.mark = mark;
        }

        String mark() {
            return mark;
        }
    }

    public static Check ok(String name, String detail) {
        return new Check(name, Verdict.OK, detail, "");
    }

    public static Check problem(String name, String detail, String fix) {
        return new Check(name, Verdict.PROBLEM, detail, fix);
    }

    public static Check note(String name, String detail, String fix) {
        return new Check(name, Verdict.NOTE, detail, fix);
    }

    Json json() {
        return Json.object()
                .put("name", name)
                .put("verdict", verdict.name().toLowerCase(java.util.Locale.ROOT))
                .put("detail", detail)
                .put("fix", fix)
                .build();
    }
}
