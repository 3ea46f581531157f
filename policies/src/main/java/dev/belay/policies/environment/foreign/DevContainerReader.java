package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.environment.foreign.Substituted.Refusal;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code devcontainer.json}: its variables, and the commands that make a new container ready, in their order. */
final class DevContainerReader {
    /** The later of two variables of one name holds. */
    private static final List<String> VARIABLES = List.of("containerEnv", "remoteEnv");

    private static final List<String> COMMANDS =
            List.of("onCreateCommand", "updateContentCommand", "postCreateCommand");
    private static final String AT_ONCE = "there at the same time as the others of it, here one after the other";

    private final JsonParts parts;
    private final NewEnvironment into;

    DevContainerReader(Source source, NewEnvironment into) {
        this.parts = new JsonParts(source, into);
        this.into = into;
    }

    void read() {
        List<Member> members = parts.members();
        VARIABLES.forEach(key -> named(members, key).ifPresent(this::variables));
        COMMANDS.forEach(key -> named(members, key).ifPresent(this::commands));
        members.stream()
                .filter(member -> !VARIABLES.contains(member.key().value())
                        && !COMMANDS.contains(member.key().value()))
                .forEach(member -> parts.other(member, DevContainerKeys.ANSWERS));
    }

    private static Optional<Member> named(List<Member> members, String key) {
        return members.stream()
                .filter(member -> member.key().value().equals(key))
                .findFirst();
    }

    private void variables(Member member) {
        String key = member.key().value();
        if (JsonParts.saysNothing(member.value())) {
            into.notNeeded(parts.spot(member.key()), key, "it asks for nothing");
        } else if (member.value() instanceof Members variables) {
            variables.members().forEach(variable -> variable(key, variable));
        } else {
            parts.malformed(member.value(), key, "an object");
        }
    }

    private void variable(String key, Member variable) {
        String name = variable.key().value();
        String part = key + "." + name;
        if (!(variable.value() instanceof Text text)) {
            parts.malformed(variable.value(), part, "a string");
            return;
        }
        Substituted value = Substituted.of(text.value());
        value.refusalAsValue()
                .ifPresentOrElse(
                        refusal -> refused(text, part, refusal),
                        () -> into.variable(parts.spot(variable.key()), part, name, value.asValue()));
    }

    private void commands(Member member) {
        String key = member.key().value();
        if (JsonParts.saysNothing(member.value())) {
            into.notNeeded(parts.spot(member.key()), key, "it asks for nothing");
        } else if (member.value() instanceof Members named) {
            String remark = named.members().size() > 1 ? AT_ONCE : "";
            named.members()
                    .forEach(one -> command(
                            one.value(),
                            key + "." + one.key().value(),
                            one.key().value(),
                            remark));
        } else {
            command(member.value(), key, "", "");
        }
    }

    private void command(JsonNode node, String part, String name, String remark) {
        switch (node) {
            case Text text -> {
                Substituted command = Substituted.of(text.value());
                command.refusal()
                        .ifPresentOrElse(
                                refusal -> refused(text, part, refusal),
                                () -> into.step(
                                        parts.spot(text), part, new Command(name, command.asCommand(), 0), remark));
            }
            case Items list -> words(list, part, name, remark);
            default -> parts.malformed(node, part, "a string or a list of strings");
        }
    }

    /** A command without a shell: each item is one word, whatever is in it. */
    private void words(Items list, String part, String name, String remark) {
        List<String> words = new ArrayList<>();
        for (JsonNode item : list.items()) {
            if (!(item instanceof Text text)) {
                parts.malformed(item, part, "a list of strings");
                return;
            }
            Substituted word = Substituted.of(text.value());
            if (word.refusal().isPresent()) {
                refused(text, part, word.refusal().get());
                return;
            }
            words.add(word.asWord());
        }
        into.step(parts.spot(list), part, new Command(name, String.join(" ", words), 0), remark);
    }

    private void refused(JsonNode node, String part, Refusal refusal) {
        into.refused(parts.spot(node), part, refusal.why(), refusal.instead());
    }
}
