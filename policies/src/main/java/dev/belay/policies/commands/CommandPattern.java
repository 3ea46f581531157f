package dev.belay.policies.commands;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * A command as people write it in a rule: {@code *} stands for any characters, and a blank and a star or {@code :*} at
 * the end also for nothing: {@code git push *} is {@code git push} and {@code git push origin}, not {@code git pushy}.
 */
public final class CommandPattern {
    private static final int LONGEST = 1_000;

    private final String text;
    private final List<String> forms;
    private final List<String> restrictedForms;
    private final List<String> words;

    private CommandPattern(String text) {
        this.text = text;
        this.forms = forms(text);
        this.restrictedForms = restrictedForms(text);
        this.words = List.of(text.replaceFirst(":\\*$", " *").split(" "));
    }

    public static CommandPattern parse(String text) throws PatternException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new PatternException(
                        i, "a command's pattern holds a control character", "write the command on one line");
            }
        }
        String stripped = text.strip().replaceAll(" +", " ");
        if (stripped.isEmpty() || stripped.equals(":*")) {
            throw new PatternException(0, "`" + text + "` names no command", "write git push *");
        }
        if (stripped.length() > LONGEST) {
            throw new PatternException(
                    LONGEST, "the pattern has more than " + LONGEST + " characters", "name the command's first words");
        }
        if (!Variables.name(stripped).isEmpty()) {
            throw new PatternException(
                    0,
                    "`" + stripped + "` begins with an assignment, and a command is found whatever is assigned to it",
                    "leave the assignment out");
        }
        return new CommandPattern(stripped);
    }

    /** The command of these words as its text is written before patterns are laid on it; words with blanks are quoted. */
    public static String words(List<String> words) {
        return CommandText.canonical(words.stream().map(CommandText::literal).toList());
    }

    /** Of a command's text as {@link CommandText} writes it. */
    public boolean matches(String canonicalText) {
        return anyMatches(forms, canonicalText);
    }

    /**
     * For rules that take something away: more matches. The name matches from whatever folder, and {@code deploy:*} is
     * also {@code deploy:prod}, since its author may have meant either.
     */
    boolean restricts(String canonicalText) {
        return anyMatches(restrictedForms, canonicalText);
    }

    /**
     * Whether the command could be meant, by what its words may become: {@code git $x} could be {@code git push}.
     * Options are left out: every {@code rm "$file"} could be {@code rm -rf}, and asking about each would tell nobody
     * anything.
     */
    boolean couldRestrict(List<Word> command) {
        boolean open = false;
        for (int i = 0; i < words.size(); i++) {
            String wanted = i == 0 ? CommandText.bareName(words.getFirst()) : words.get(i);
            if (wanted.contains("*")) {
                return open;
            }
            if (i >= command.size()) {
                return false;
            }
            Word word = command.get(i);
            if (word.literal().isPresent()) {
                if (!word.literal().get().equals(wanted)) {
                    return false;
                }
            } else if (wanted.startsWith("-") || !OpenWord.couldBe(word, wanted)) {
                return false;
            } else if (OpenWord.couldBeSeveral(word)) {
                return true;
            } else {
                open = true;
            }
        }
        return open && command.size() == words.size();
    }

    /** Whether giving the name another meaning would go round the rule. */
    boolean guards(String name) {
        return Wildcard.matches(CommandText.bareName(words.getFirst()), name);
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean anyMatches(List<String> forms, String canonicalText) {
        for (String form : forms) {
            if (Wildcard.matches(form, canonicalText)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> forms(String text) {
        if (text.endsWith(" *") || text.endsWith(":*")) {
            String bare = text.substring(0, text.length() - 2);
            return List.of(bare, bare + " *");
        }
        return List.of(text);
    }

    private static List<String> restrictedForms(String text) {
        List<String> all = new ArrayList<>(forms(text));
        if (text.endsWith(":*")) {
            all.add(text);
        }
        int blank = text.indexOf(' ');
        String name = blank < 0 ? text : text.substring(0, blank);
        String bare = CommandText.bareName(name);
        if (!bare.equals(name) && !bare.isEmpty()) {
            all.addAll(restrictedForms(bare + text.substring(name.length())));
        }
        return List.copyOf(all);
    }
}
