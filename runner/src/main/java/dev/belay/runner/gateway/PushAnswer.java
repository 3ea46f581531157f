package dev.belay.runner.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A refusal in git's own words, so that a git client shows for each ref why nothing came of it, and says the rest to
 * whoever reads along.
 */
final class PushAnswer {
    /** Told one by one; the others are counted. */
    static final int TOLD = 5;

    private static final String NOT_AGAIN = "Nothing of this push was sent. Do not try it again: no other spelling,"
            + " remote or tool gets it through.";

    private static final byte REPORT = 1;
    private static final byte PROGRESS = 2;
    private static final byte[] FLUSH = {'0', '0', '0', '0'};
    private static final int LONGEST_PIECE = PktLines.LONGEST - 5;
    private static final int LONGEST_REASON = 300;

    private PushAnswer() {}

    /**
     * The whole of a push is refused. Empty: the client would not understand.
     *
     * @param refused by its ref, at least one, in their order
     */
    static Optional<byte[]> refused(PushCommands commands, Map<String, Egress.Denial> refused) {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        report.writeBytes(line("unpack ok\n"));
        for (String ref : commands.refs()) {
            Egress.Denial denial = refused.get(ref);
            String reason = denial == null ? "not sent, because another ref was refused" : plain(denial.reason());
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            // Byte for byte: the client looks for it among its own.
            line.writeBytes(("ng " + ref + " ").getBytes(StandardCharsets.ISO_8859_1));
            line.writeBytes((reason + "\n").getBytes(StandardCharsets.UTF_8));
            report.writeBytes(PktLines.line(line.toByteArray()));
        }
        List<String> sentences = new ArrayList<>();
        refused.entrySet().stream()
                .limit(TOLD)
                .forEach(entry ->
                        sentences.add(sentence("the push to " + PushCommands.shown(entry.getKey()), entry.getValue())));
        if (refused.size() > TOLD) {
            sentences.add("Belay: and that to " + (refused.size() - TOLD) + " more refs.");
        }
        return body(commands.capabilities(), report, sentences, List.copyOf(refused.values()));
    }

    /** Nobody knows which refs are meant. Empty: the client would not understand. */
    static Optional<byte[]> unreadable(Set<String> capabilities, Egress.Denial denial) {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        report.writeBytes(line("unpack " + plain(denial.reason()) + "\n"));
        return body(capabilities, report, List.of(sentence("this push", denial)), List.of(denial));
    }

    private static Optional<byte[]> body(
            Set<String> capabilities,
            ByteArrayOutputStream report,
            List<String> sentences,
            List<Egress.Denial> denials) {
        if (!capabilities.contains("report-status") && !capabilities.contains("report-status-v2")) {
            return Optional.empty();
        }
        report.writeBytes(FLUSH);
        if (!capabilities.contains("side-band-64k")) {
            return Optional.of(report.toByteArray());
        }
        List<String> lines = new ArrayList<>(sentences);
        lines.add(NOT_AGAIN);
        denials.stream()
                .map(denial -> "Instead: " + plain(denial.instead()) + ".")
                .distinct()
                .limit(TOLD)
                .forEach(lines::add);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String line : lines) {
            body.writeBytes(banded(PROGRESS, (line + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        byte[] words = report.toByteArray();
        for (int at = 0; at < words.length; at += LONGEST_PIECE) {
            body.writeBytes(banded(REPORT, Arrays.copyOfRange(words, at, Math.min(words.length, at + LONGEST_PIECE))));
        }
        body.writeBytes(FLUSH);
        return Optional.of(body.toByteArray());
    }

    private static String sentence(String what, Egress.Denial denial) {
        return "Belay: the gateway refused " + what + ": " + plain(denial.reason()) + " (rule: "
                + plain(denial.rule() + ", " + denial.place()) + ").";
    }

    private static byte[] line(String text) {
        return PktLines.line(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] banded(byte band, byte[] bytes) {
        byte[] line = new byte[bytes.length + 1];
        line[0] = band;
        System.arraycopy(bytes, 0, line, 1, bytes.length);
        return PktLines.line(line);
    }

    private static String plain(String text) {
        String line = text.replaceAll("\\p{C}", "?");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
    }
}
