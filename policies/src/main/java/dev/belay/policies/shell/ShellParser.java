package dev.belay.policies.shell;

/**
 * Reads command lines as bash does, as far as it is certain how bash does. No command that bash could run stays unseen:
 * whatever leaves a doubt makes the line unparsable.
 */
public final class ShellParser {
    private static final int LONGEST = 10_000;

    private ShellParser() {}

    public static ShellParse parse(String commandLine) {
        if (commandLine.length() > LONGEST) {
            return new ShellParse.Unparsable("it is longer than " + LONGEST + " characters", LONGEST);
        }
        try {
            refuseStrangeCharacters(commandLine);
            Findings findings = new Findings();
            new Script(Cursor.of(commandLine), findings).readAll();
            return findings.parsed();
        } catch (Doubt doubt) {
            return doubt.said();
        }
    }

    /** Some of them are marks of a shell's own while it expands words; others end a text. */
    private static void refuseStrangeCharacters(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 127) {
                throw new Doubt("there is a control character", i);
            }
            if (Character.isHighSurrogate(c) && i + 1 < line.length() && Character.isLowSurrogate(line.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new Doubt("there is half a character", i);
            }
        }
    }
}
