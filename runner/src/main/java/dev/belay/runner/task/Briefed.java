package dev.belay.runner.task;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelBriefed;
import dev.belay.proto.v1.Warning;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.ToolOutputMark;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.prompt.ProjectInstructions;
import dev.belay.runner.prompt.SystemPrompt;
import java.io.IOException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a task's model is told before its conversation, made once, and kept in the task's log for when it goes on. */
final class Briefed {
    private final String model;
    private final Journal journal;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random of which nobody can guess what comes */
    Briefed(String model, Journal journal, InstantSource clock, RandomGenerator random) {
        this.model = model;
        this.journal = journal;
        this.clock = clock;
        this.random = random;
    }

    /** @param before what the log has; it counts for the model that it was made for */
    Briefing of(Place place, Optional<ModelBriefed> before, int turn) throws IOException {
        Optional<Briefing> kept =
                before.filter(one -> one.getModel().equals(model)).flatMap(Briefed::read);
        if (kept.isPresent()) {
            return kept.get();
        }
        ProjectInstructions.Gathered instructions = ProjectInstructions.of(place.files());
        for (String leftOut : instructions.leftOut()) {
            journal.write(
                    Event.newBuilder()
                            .setWarning(Warning.newBuilder()
                                    .setCode("W_INSTRUCTIONS")
                                    .setText("the model is not told all that the project writes for agents: "
                                            + leftOut)),
                    turn,
                    0,
                    "runner");
        }
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        ToolOutputMark mark = ToolOutputMark.drawn(random);
        Briefing made = new Briefing(
                SystemPrompt.of(today, mark, place.policy(), instructions.text()),
                place.tools().specs(),
                mark.word());
        journal.write(
                Event.newBuilder()
                        .setModelBriefed(ModelBriefed.newBuilder()
                                .setModel(model)
                                .setSystem(made.system())
                                .setToolsJson(tools(made.tools()).print())
                                .setMark(made.mark())),
                turn,
                0,
                "runner");
        return made;
    }

    private static Json tools(List<ToolSpec> specs) {
        List<Json> all = new ArrayList<>();
        for (ToolSpec spec : specs) {
            all.add(Json.object()
                    .put("name", spec.name())
                    .put("description", spec.description())
                    .put("schema", spec.schema())
                    .build());
        }
        return new Json.Arr(all);
    }

    private static Optional<Briefing> read(ModelBriefed kept) {
        try {
            List<ToolSpec> specs = new ArrayList<>();
            for (Json tool : Json.parse(kept.getToolsJson()).items()) {
                if (tool.get("schema") instanceof Json.Obj schema) {
                    specs.add(new ToolSpec(tool.text("name"), tool.text("description"), schema));
                }
            }
            return Optional.of(new Briefing(kept.getSystem(), specs, kept.getMark()));
        } catch (JsonException unreadable) {
            return Optional.empty();
        }
    }
}
