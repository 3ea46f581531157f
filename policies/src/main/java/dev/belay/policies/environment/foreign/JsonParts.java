package dev.belay.policies.environment.foreign;

import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Plain;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.json.JsonSyntaxException;
import dev.belay.policies.json.JsonTree;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import java.util.List;
import java.util.Map;

/** A file that has to be one JSON object, as editors write it: with comments, and commas behind the last value. */
final class JsonParts {
    private final NewEnvironment into;
    private final Places places;

    JsonParts(Source source, NewEnvironment into) {
        this.into = into;
        this.places = new Places(source.file(), source.text());
    }

    /** None where there is a problem. */
    List<Member> members() {
        try {
            JsonNode root = JsonTree.readWithLastCommas(places.text());
            if (root instanceof Members members) {
                return members.members();
            }
            into.problems().add(spot(root), "the file must be an object, not " + root.kind(), "begin it with {");
        } catch (JsonSyntaxException broken) {
            into.problems().add(places.of(broken.at()), String.valueOf(broken.getMessage()), broken.fix());
        }
        return List.of();
    }

    Spot spot(JsonNode node) {
        return places.of(node.at());
    }

    /** A member that its reader does not take. */
    void other(Member member, Map<String, Answer> answers) {
        Spot spot = spot(member.key());
        String key = member.key().value();
        switch (answers.getOrDefault(key, Answer.UNKNOWN)) {
            case Answer.NotNeeded(String why) -> into.notNeeded(spot, key, why);
            case Answer.Refused _ when saysNothing(member.value()) -> into.notNeeded(spot, key, "it asks for nothing");
            case Answer.Refused(String why, String instead) -> into.refused(spot, key, why, instead);
        }
    }

    /** What has another form than its program would understand. */
    void malformed(JsonNode node, String part, String wanted) {
        into.refused(
                spot(node), part, "it must be " + wanted + ", not " + node.kind(), "mend it, or write it yourself");
    }

    static boolean saysNothing(JsonNode value) {
        return switch (value) {
            case Plain plain -> plain.word().equals("false") || plain.word().equals("null");
            case Items items -> items.items().isEmpty();
            case Members members -> members.members().isEmpty();
            case Text text -> text.value().isBlank();
        };
    }
}
