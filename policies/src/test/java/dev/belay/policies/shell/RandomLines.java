package dev.belay.policies.shell;

import java.util.List;
import java.util.Random;

/** Command lines of marker commands {@code m0}, {@code m1} ... each of which stands once in its line. */
final class RandomLines {
    private static final String TEXT = "ab1-=.,:%+ '\"\\$*?~{}[]#!;&|()<>\t";

    private final Random random;
    private final int depth;
    private boolean evaluating;
    private boolean documentsWithin;
    private int substitutions;
    private int marker;
    private int documents;

    RandomLines(long seed, int depth) {
        random = new Random(seed);
        this.depth = depth;
    }

    String next() {
        evaluating = random.nextBoolean();
        documentsWithin = random.nextBoolean();
        marker = 0;
        documents = 0;
        StringBuilder line = new StringBuilder();
        for (int i = random.nextInt(depth); i >= 0; i--) {
            line.append(list(depth));
        }
        return line.toString();
    }

    /** It ends in what ends a command. */
    private String list(int depth) {
        StringBuilder list = new StringBuilder();
        for (int i = random.nextInt(2); i >= 0; i--) {
            if (random.nextInt(6) == 0 && (substitutions == 0 || documentsWithin)) {
                list.append(document(depth));
            } else {
                list.append(pipelines(depth)).append(pick("; ", "\n", ";", " # it's \"a $(comment\n", "\n\n", " & "));
            }
        }
        return list.toString();
    }

    private String pipelines(int depth) {
        StringBuilder line = new StringBuilder(pick("", "", "", "! ", "time ")).append(command(depth));
        for (int i = random.nextInt(3); i > 0; i--) {
            line.append(pick(" && ", "||", " | ", "|", " |& ", "&&\n", " | \\\n"))
                    .append(command(depth));
        }
        return line.toString();
    }

    private String command(int depth) {
        if (depth == 0 || random.nextInt(3) == 0 || substitutions > 0 && documentsWithin) {
            return simple(depth);
        }
        int d = depth - 1;
        return switch (random.nextInt(evaluating ? 15 : 12)) {
            case 0 -> "( " + list(d) + ")" + redirect();
            case 1 -> "{ " + list(d) + "}" + redirect();
            case 2 ->
                "if " + list(d) + "then " + list(d) + "elif " + list(d) + "then\n" + list(d) + "else " + list(d) + "fi";
            case 3 -> "while " + list(d) + "do " + list(d) + "break; done" + redirect();
            case 4 -> "for x in a " + word(d) + " b; do " + list(d) + "done";
            case 12 -> "for ((i=0; i < 2; i++)); do " + list(d) + "done";
            case 6 -> "case " + word(d) + " in (a | " + word(d) + ") " + list(d) + "\n;; *) " + list(d) + "\n;;& esac";
            case 7 -> "[[ -n " + word(d) + " || a == " + word(d) + " && ! ( x =~ ^(a|b)$ ) ]]";
            case 13 -> "(( x = $( m" + marker++ + " a) + 1 ))";
            case 9 -> "{ f" + depth + "() { " + list(d) + "}" + redirect() + "; f" + depth + "; }";
            case 10 -> "{ function g" + depth + " { " + list(d) + "}; g" + depth + " a; }";
            case 11 ->
                depth < this.depth
                        ? simple(d)
                        : "a=(x " + word(0) + " [3]=" + word(0) + " `m" + marker++ + "`) b+=" + word(d) + " c="
                                + word(d);
            case 14 -> "a[$( " + oneLine() + ")1]=" + word(d);
            case 5 -> "until " + list(d) + "do " + list(d) + "break; done";
            default -> simple(depth);
        };
    }

    private String document(int depth) {
        String end = "E" + documents++;
        String inner = depth == 0
                ? "plain"
                : pick("$", evaluating ? "y$" : "x \\$(m98 a) $", "\"it's $") + "( " + within(depth - 1) + ") ${x:-y}";
        String form = pick("<<", "<<-");
        String tab = form.equals("<<-") ? pick("", "\t") : "";
        String said = random.nextBoolean()
                ? form + end + pick("", " && " + marked(), " | " + marked()) + "\n" + tab + inner
                : form + pick("'" + end + "'", "\"" + end + "\"", "\\" + end) + "\n" + tab
                        + said("$(m97 never) `m96`\n;");
        return marked() + " " + said + "\n" + tab + end + "\n";
    }

    private String simple(int depth) {
        StringBuilder command = new StringBuilder(pick("", "", "", "x=1 ", "A=" + word(depth) + " ")).append(name());
        for (int i = random.nextInt(4); i > 0; i--) {
            command.append(pick(" ", " ", "  ", "\t", " \\\n")).append(random.nextInt(3) == 0 ? word(depth) : text());
            command.append(random.nextInt(6) == 0 ? redirect() : "");
        }
        return command.toString();
    }

    /** Beside expressions, a quoted substitution is a doubt. */
    private String said(String code) {
        return evaluating ? "$x " : code;
    }

    /** Within substitutions stand here-documents or compound commands, not both in one line. */
    private String within(int depth) {
        substitutions++;
        String list = list(depth);
        substitutions--;
        return list;
    }

    private String oneLine() {
        return marked() + pick(";", " && ", " | ", " & ") + marked() + pick("", ";", " >o8; ");
    }

    private String marked() {
        return name() + " " + text();
    }

    private String name() {
        String name = "m" + marker++;
        return pick(
                name,
                name,
                name,
                name,
                "\\" + name,
                "'" + name + "'",
                "\"m\"" + name.substring(1),
                "$'\\x6d'" + name.substring(1));
    }

    private String redirect() {
        return pick("", " >o1", " 2>&1", " 2>o2", " &>o3", " >>o4", " <<< 'a b'", " {fd}>o5", " >|o6", " >& o7");
    }

    /** It may hold substitutions. */
    private String word(int depth) {
        if (depth <= 0) {
            return text();
        }
        int d = depth - 1;
        return switch (random.nextInt(evaluating ? 12 : 9)) {
            case 0 -> "$( " + within(d) + ")";
            case 1 -> "\"a$( " + within(d) + ")b\"";
            case 2 -> "`" + name() + " a b`x";
            case 3 -> "${x:-$( " + oneLine() + ")}";
            case 4 -> "\"${x:-a $( " + oneLine() + ")}\"";
            case 10 -> "$((1 + $( m" + marker++ + " 'b c'; ) 2))";
            case 6 -> "<( " + within(d) + ")";
            case 7 -> "${x#'}'}" + text();
            case 8 -> "x`" + name() + " \\`" + name() + " c\\``";
            case 9 -> "${a[$( " + oneLine() + ")]}";
            default -> text();
        };
    }

    private String text() {
        StringBuilder plain = new StringBuilder("a");
        for (int i = random.nextInt(6); i >= 0; i--) {
            plain.append(TEXT.charAt(random.nextInt(TEXT.length())));
        }
        String text = evaluating ? plain.toString().replace("`", "").replace("(", "") : plain.toString();
        return switch (random.nextInt(5)) {
            case 0 -> "'" + text.replace("'", "'\\''") + "'";
            case 1 -> "\"" + text.replaceAll("[\"$`\\\\]", "\\\\$0") + "\"";
            case 2 -> text.replaceAll("[^ab1]", "\\\\$0");
            case 3 -> "$'" + text.replaceAll("['\\\\]", "\\\\$0").replace("\t", "\\t") + "'";
            default -> "a" + text.replaceAll("[^ab1.=,:%+{}#!-]", "");
        };
    }

    private String pick(String... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }
}
