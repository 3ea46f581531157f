package dev.belay.policies.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.policies.shell.ShellParse.Parsed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real shell runs is what the parser said that it could run. */
class ShellParserOracleTest {
    private static final String SHELL = "\"'`$(){}[]<>|&;#\\!*= \n\t~";

    @TempDir
    Path folder;

    @BeforeEach
    void there_is_a_bash() {
        assumeTrue(Files.isExecutable(RealBash.PROGRAM), "bash is not installed");
    }

    @Test
    void every_command_that_bash_runs_is_found_with_its_arguments() throws Exception {
        RandomLines source = new RandomLines(Long.getLong("belay.seed", 20_261_122), 3);
        List<String> lines = new ArrayList<>();
        while (lines.size() < Integer.getInteger("belay.lines", 400)) {
            String line = source.next();
            if (line.length() < 2_500) {
                lines.add(line);
            }
        }

        List<List<List<String>>> ran = new RealBash(folder).run(lines);

        List<String> wrong = new ArrayList<>();
        int commands = 0;
        for (int i = 0; i < lines.size(); i++) {
            ShellParse parse = ShellParser.parse(lines.get(i));
            for (List<String> command : ran.get(i)) {
                commands++;
                if (parse instanceof Parsed parsed
                        && parsed.commands().stream().noneMatch(found -> same(found, command))) {
                    wrong.add(command + " of:\n" + lines.get(i) + "\n-> " + parse);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(commands).isGreaterThan(lines.size());
        assertThat(lines)
                .filteredOn(line -> ShellParser.parse(line) instanceof Parsed)
                .hasSizeGreaterThan(lines.size() * 9 / 10);
    }

    /** Where a word depends on what runs, the name is compared; each marker stands once in its line. */
    private static boolean same(ShellCommand found, List<String> ran) {
        List<String> literals =
                found.words().stream().flatMap(word -> word.literal().stream()).toList();
        return literals.size() == found.words().size()
                ? literals.equals(ran)
                : !found.words().isEmpty() && found.words().getFirst().literal().equals(Optional.of(ran.getFirst()));
    }

    @Test
    void a_spoilt_line_runs_nothing_that_was_not_found() throws Exception {
        long seed = Long.getLong("belay.seed", 1122);
        RandomLines source = new RandomLines(seed, 2);
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        List<Parsed> parses = new ArrayList<>();
        for (int i = 0; i < Integer.getInteger("belay.mutants", 1500); i++) {
            String line = spoilt(source.next(), random);
            if (line.indexOf('/') < 0 && ShellParser.parse(line) instanceof Parsed parsed) {
                lines.add(line);
                parses.add(parsed);
            }
        }

        List<List<List<String>>> ran = new RealBash(folder).run(lines);

        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            for (List<String> command : ran.get(i)) {
                if (command.getFirst().matches("m[0-9]+") && !names(parses.get(i), command.getFirst())) {
                    wrong.add(command + " of:\n" + lines.get(i) + "\n-> " + parses.get(i));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(lines).hasSizeGreaterThan(300);
    }

    /** A command whose name is not certain may have any name. */
    private static boolean names(Parsed parsed, String name) {
        return parsed.commands().stream()
                .filter(command -> !command.words().isEmpty())
                .map(command -> command.words().getFirst().literal())
                .anyMatch(literal -> literal.isEmpty() || literal.get().equals(name));
    }

    private static String spoilt(String line, Random random) {
        StringBuilder text = new StringBuilder(line);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length());
            char c = SHELL.charAt(random.nextInt(SHELL.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, c);
                case 1 -> text.deleteCharAt(at).append(' ');
                case 2 -> text.setCharAt(at, c);
                default -> {
                    int other = random.nextInt(text.length());
                    char moved = text.charAt(at);
                    text.setCharAt(at, text.charAt(other));
                    text.setCharAt(other, moved);
                }
            }
        }
        return text.toString();
    }
}
