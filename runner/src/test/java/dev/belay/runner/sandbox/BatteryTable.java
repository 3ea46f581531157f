package dev.belay.runner.sandbox;

import dev.belay.runner.snapshot.HostileRepository;
import java.util.List;
import java.util.stream.Stream;

/** The attempts as THREATS.md shows them: the same on every machine, whoever runs the tests. */
final class BatteryTable {
    static final String BEGIN = "<!-- battery: written by BatteryTableTest with -Dbelay.threats=write -->";
    static final String END = "<!-- end of battery -->";

    private BatteryTable() {}

    static String text() {
        StringBuilder all = new StringBuilder("| attempt | stopped by | control |\n|---|---|---|\n");
        Attempts.GROUPS.forEach((group, attempts) -> {
            group(all, group, attempts.size());
            attempts.forEach(attempt -> row(all, attempt.name(), attempt.mechanism(), control(attempt)));
        });
        group(all, "neighbours", Abuse.ALL.size());
        Abuse.ALL.forEach(
                abuse -> row(all, abuse.name(), abuse.mechanism(), "a neighbour finishes its work meanwhile"));
        group(all, "git on the host", HostileRepository.ALL.size());
        HostileRepository.ALL.forEach(hostile -> row(all, hostile.name(), "snapshot", "git itself falls for it"));
        return all.toString();
    }

    /** What stands between the markers of a document. */
    static String block(String document) {
        return document.substring(document.indexOf(BEGIN) + BEGIN.length(), document.indexOf(END))
                .strip();
    }

    static String replaced(String document) {
        return document.substring(0, document.indexOf(BEGIN) + BEGIN.length()) + "\n" + text()
                + document.substring(document.indexOf(END));
    }

    /** The first cells of every other table: what enforces something, by its name. */
    static List<String> mechanisms(String document) {
        return (document.substring(0, document.indexOf(BEGIN)) + document.substring(document.indexOf(END)))
                .lines()
                .filter(line -> line.startsWith("| "))
                .flatMap(line -> Stream.of(line.split("\\|")[1].split(",")))
                .map(String::strip)
                .toList();
    }

    private static String control(Attempt attempt) {
        String told = attempt.control().told();
        return LetThrough.NAMES.contains(attempt.name()) ? told + ", plain container" : told;
    }

    private static void group(StringBuilder all, String name, int size) {
        all.append("| **").append(name).append("** (").append(size).append(") | | |\n");
    }

    private static void row(StringBuilder all, String... cells) {
        all.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
