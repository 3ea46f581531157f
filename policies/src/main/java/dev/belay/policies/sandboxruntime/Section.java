package dev.belay.policies.sandboxruntime;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Plain;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Quoted;
import dev.belay.proto.error.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One object of the file: the members that are known, and what becomes of the others. */
final class Section {
    private static final int MOST = 2_000;
    private static final int LONGEST_KEY = 40;

    private final Findings findings;
    private final Map<String, Member> members = new LinkedHashMap<>();

    /**
     * @param rights keys that whoever made the section reads
     * @param others keys that say nothing that a policy could, and why
     */
    Section(Findings findings, Members members, List<String> rights, Map<String, String> others) {
        this.findings = findings;
        List<String> known = new ArrayList<>(rights);
        known.addAll(others.keySet());
        for (Member member : members.members()) {
            String key = member.key().value();
            if (rights.contains(key)) {
                this.members.put(key, member);
            } else if (others.containsKey(key)) {
                if (!saysNothing(member.value())) {
                    not(member.key(), String.valueOf(others.get(key)));
                }
            } else if (key.length() <= LONGEST_KEY && Nearest.to(key, known).isPresent()) {
                findings.problem(
                        member.key(),
                        "unknown key " + Quoted.of(key) + Nearest.hint(key, known),
                        "keys: " + String.join(", ", rights));
            } else {
                not(member.key(), "this key is not known, so nothing of it holds");
            }
        }
    }

    private static boolean saysNothing(JsonNode value) {
        return switch (value) {
            case Plain plain -> plain.word().equals("false") || plain.word().equals("null");
            case Items items -> items.items().isEmpty();
            case Members members -> members.members().isEmpty();
            case Text _ -> false;
        };
    }

    void not(Text said, String why) {
        findings.line(new Line.NotEnforced(findings.origin(said), why));
    }

    Optional<Member> member(String key) {
        return Optional.ofNullable(members.get(key));
    }

    /** Empty, too, where it is missing; what is no string in it is a problem. */
    List<Text> strings(String key) {
        return member(key).map(this::strings).orElse(List.of());
    }

    private List<Text> strings(Member list) {
        String name = Quoted.of(list.key().value());
        if (!(list.value() instanceof Items(int _, List<JsonNode> items))) {
            findings.problem(
                    list.value(),
                    name + " must be a list of strings, not " + list.value().kind(),
                    "write []");
            return List.of();
        }
        if (items.size() > MOST) {
            findings.problem(list.key(), name + " has more than " + MOST + " items", "write wider patterns");
            return List.of();
        }
        List<Text> texts = new ArrayList<>();
        for (JsonNode item : items) {
            if (item instanceof Text text && !text.value().isEmpty()) {
                texts.add(text);
            } else {
                findings.problem(
                        item,
                        name + " must be a list of strings, and this is "
                                + (item instanceof Text ? "empty" : item.kind()),
                        "take it out, or put it in double quotes");
            }
        }
        return texts;
    }

    /** The object that a key has; a problem where it has something else. */
    Optional<Members> object(String key) {
        Optional<Member> member = member(key);
        if (member.isPresent() && !(member.get().value() instanceof Members)) {
            findings.problem(
                    member.get().value(),
                    Quoted.of(key) + " must be an object, not "
                            + member.get().value().kind(),
                    "write {}");
        }
        return member.map(Member::value).filter(Members.class::isInstance).map(Members.class::cast);
    }
}
