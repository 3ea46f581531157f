package dev.belay.policies.prose;

import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Spot;
import dev.belay.policies.prose.Section.Stance;
import dev.belay.policies.prose.Section.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes through a file's lines, and hands on the items of every part about permissions, each with what stands over it. */
final class Walk {
    /** Who takes what is found. */
    interface Found {
        void item(Item item);

        /** A line of a part about permissions that cannot be read. */
        void unread(Row row, String why);

        void outside(List<Token> tokens);

        void problem(Problem problem);
    }

    /**
     * @param prefix the words of the item above that ended with a colon
     * @param seen whether whoever reads the file is sure to see what stands above
     */
    private record Scope(@Nullable Section section, List<Token> prefix, boolean seen) {
        static final Scope NONE = new Scope(null, List.of(), true);
    }

    private record Level(int depth, Scope scope) {}

    private final String file;
    private final Found found;
    private final Deque<Level> headings = new ArrayDeque<>();
    private final Deque<Level> parents = new ArrayDeque<>();
    private @Nullable Scope label;
    private final List<Token> open = new ArrayList<>();
    private Scope openScope = Scope.NONE;
    private Row.Kind openKind = Row.Kind.BLANK;
    private int openDepth;
    private boolean openSeen;
    private boolean blankBefore = true;
    private @Nullable Item introduction;

    Walk(String file, Found found) {
        this.file = file;
        this.found = found;
    }

    void rows(List<Row> rows) {
        for (Row row : rows) {
            if (Unseen.in(row.text()) >= 0) {
                unseen(row);
            } else {
                row(row);
            }
            blankBefore = row.kind() == Row.Kind.BLANK;
        }
        flush();
        introduced();
    }

    private void row(Row row) {
        switch (row.kind()) {
            case BLANK -> flush();
            case RULE -> {
                flush();
                label = null;
                parents.clear();
            }
            case HEADING -> heading(row);
            case BULLET -> bullet(row);
            case PLAIN -> plain(row);
            case FENCED -> fenced(row);
            case TABLE -> table(row);
            case LONG -> {
                flush();
                if (around(row).section() != null) {
                    found.problem(new Problem(
                            new Spot(file, row.number(), 0),
                            "the line that begins with `" + row.text() + "` is too long to be read as permissions",
                            "write one permission a line"));
                }
            }
        }
    }

    private void heading(Row row) {
        flush();
        label = null;
        parents.clear();
        while (!headings.isEmpty() && headings.element().depth() >= row.depth()) {
            headings.pop();
        }
        List<Token> tokens = Words.of(row);
        Section above = headings.isEmpty() ? null : headings.element().scope().section();
        Optional<Label> said = Label.ofHeading(tokens, above);
        Section section = said.isPresent() ? said.get().section() : inherited(above);
        List<Token> prefix = said.map(Label::prefix).orElse(List.of());
        boolean seen =
                row.seen() && (headings.isEmpty() || headings.element().scope().seen());
        headings.push(new Level(row.depth(), new Scope(section, prefix, seen)));
        said.filter(one -> !one.rest().isEmpty()).ifPresent(one -> item(one.section(), prefix, one.rest(), seen));
    }

    /** A heading that says nothing of rights takes the right away that the one above it gave without further words. */
    private static @Nullable Section inherited(@Nullable Section above) {
        if (above == null) {
            return null;
        }
        return new Section(above.stance() == Stance.ALLOWED ? Stance.MIXED : above.stance(), Topic.ANY);
    }

    private void bullet(Row row) {
        flush();
        while (!parents.isEmpty() && parents.element().depth() >= row.depth()) {
            parents.pop();
        }
        Scope around = around(row);
        List<Token> tokens = Words.of(row);
        Optional<Label> said = Label.ofLine(tokens, around.section(), titled(row));
        if (said.isPresent()) {
            Scope scope = new Scope(said.get().section(), said.get().prefix(), row.seen() && around.seen());
            parents.push(new Level(row.depth(), scope));
            begin(row, scope, said.get().rest());
        } else {
            begin(row, around, tokens);
        }
    }

    private void plain(Row row) {
        List<Token> tokens = Words.of(row);
        Scope around = around(row);
        Optional<Label> said = Label.ofLine(tokens, around.section(), titled(row));
        boolean follows = !blankBefore && !open.isEmpty();
        if (said.isPresent()) {
            flush();
            parents.clear();
            Scope scope = new Scope(said.get().section(), said.get().prefix(), row.seen() && around.seen());
            label = scope;
            begin(row, scope, said.get().rest());
        } else if (follows && !(openKind == Row.Kind.PLAIN && opens(tokens))) {
            open.addAll(tokens);
            openSeen &= row.seen();
        } else {
            flush();
            if (row.depth() < 2) {
                parents.clear();
                // A list ends with the paragraph behind it, unless that goes on on the label's own paragraph.
                label = blankBefore ? null : label;
            }
            begin(row, around(row), tokens);
        }
    }

    private void fenced(Row row) {
        flush();
        Scope around = around(row);
        if (around.section() != null && !row.text().startsWith("#")) {
            List<Token> tokens = Words.of(row);
            Optional<Label> said = Label.ofLine(tokens, around.section(), false);
            if (said.isPresent()) {
                Scope scope = new Scope(said.get().section(), said.get().prefix(), row.seen() && around.seen());
                label = scope;
                begin(row, scope, said.get().rest());
            } else {
                begin(row, around, tokens);
            }
            flush();
        }
    }

    private void table(Row row) {
        flush();
        boolean ruled = row.text().chars().allMatch(c -> "|-: \t".indexOf(c) >= 0);
        if (around(row).section() != null && !ruled) {
            found.unread(row, "a table is not read; write it as a list");
        }
    }

    /** Reads what is left of a line when the characters that nobody sees are taken out, only to know whether it counts. */
    private void unseen(Row row) {
        flush();
        List<Row> left = Markdown.rows(Unseen.without(row.text()));
        boolean none =
                left.isEmpty() || row.kind() == Row.Kind.FENCED && around(row).section() == null;
        List<Token> tokens = none ? List.of() : Words.of(left.getFirst());
        boolean counts = around(row).section() != null
                || Label.ofHeading(tokens, null).isPresent()
                || Label.ofLine(tokens, null, true).isPresent();
        if (counts && row.kind() != Row.Kind.BLANK) {
            found.problem(new Problem(
                    new Spot(file, row.number(), row.column() + Unseen.in(row.text())),
                    String.format(
                            "`%s` has a character that nobody sees, U+%04X",
                            Token.said(tokens), row.text().codePointAt(Unseen.in(row.text()))),
                    "take it out: a permission is what whoever reads it sees"));
        }
        if (row.kind() == Row.Kind.HEADING && counts) {
            heading(new Row(row.kind(), row.depth(), row.number(), "?", row.column(), false));
        }
    }

    private void begin(Row row, Scope scope, List<Token> tokens) {
        openScope = scope;
        openKind = row.kind();
        openDepth = row.depth();
        openSeen = row.seen() && scope.seen();
        open.addAll(tokens);
    }

    private void flush() {
        if (open.isEmpty()) {
            return;
        }
        List<Token> tokens = List.copyOf(open);
        open.clear();
        Section section = openScope.section();
        if (openScope.prefix().isEmpty()) {
            introduced();
        }
        introduction = null;
        if (section == null) {
            found.outside(tokens);
        } else if (tokens.getLast().mark(":")) {
            introduce(section, tokens);
        } else {
            item(section, openScope.prefix(), tokens, openSeen);
        }
    }

    /** The points below such an item end its last sentence. */
    private void introduce(Section section, List<Token> tokens) {
        int last = tokens.size();
        while (last > 0
                && !tokens.get(last - 1).mark(";")
                && !tokens.get(last - 1).mark(".")) {
            last--;
        }
        item(section, openScope.prefix(), tokens.subList(0, last), openSeen);
        List<Token> prefix = joined(last == 0 ? openScope.prefix() : List.of(), tokens.subList(last, tokens.size()));
        if (prefix.size() > ProsePolicy.MOST_WORDS) {
            item(section, List.of(), prefix, openSeen);
            prefix = List.of(tokens.getLast());
        }
        Scope below = new Scope(section, prefix, openSeen);
        if (Exceptions.listed(prefix)) {
            item(section, List.of(), prefix, openSeen);
            below = new Scope(new Section(Stance.ALLOWED, Topic.NETWORK), List.of(), openSeen);
        } else {
            introduction = new Item(section, prefix, prefix.getFirst(), openSeen);
        }
        if (openKind == Row.Kind.BULLET) {
            parents.push(new Level(openDepth, below));
        } else {
            label = below;
        }
    }

    /** Nothing stands below it: then it is a point itself. */
    private void introduced() {
        if (introduction != null) {
            found.item(introduction);
            introduction = null;
        }
    }

    private void item(Section section, List<Token> prefix, List<Token> tokens, boolean seen) {
        if (!tokens.isEmpty()) {
            Token own = tokens.stream()
                    .filter(token -> token.kind() != Token.Kind.MARK)
                    .findFirst()
                    .orElse(tokens.getFirst());
            found.item(new Item(section, joined(prefix, tokens), own, seen));
        }
    }

    private static List<Token> joined(List<Token> prefix, List<Token> rest) {
        List<Token> tokens = new ArrayList<>(prefix);
        tokens.addAll(rest);
        return tokens;
    }

    private Scope around(Row row) {
        if (!parents.isEmpty()
                && (row.kind() == Row.Kind.BULLET || row.kind() == Row.Kind.FENCED || row.depth() >= 2)) {
            return parents.element().scope();
        }
        if (label != null) {
            return label;
        }
        return headings.isEmpty() ? Scope.NONE : headings.element().scope();
    }

    /** Whether its look says that it is a title. */
    private static boolean titled(Row row) {
        String text = row.text().strip();
        return text.length() > 4
                && (text.startsWith("**") && text.endsWith("**") || text.startsWith("__") && text.endsWith("__"));
    }

    /** Whether a line that follows another in its paragraph begins a permission of its own. */
    private static boolean opens(List<Token> tokens) {
        if (tokens.isEmpty()) {
            return false;
        }
        Token first = tokens.getFirst();
        return first.mark("+")
                || first.mark("x")
                || !first.word().isEmpty()
                        && Character.isUpperCase(first.text().charAt(0))
                        && (Lexicon.negates(first.word())
                                || Lexicon.verb(first.word()) != null
                                || Lexicon.opens(first.word()));
    }
}
