package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.runner.agent.AgentLoop;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Budget;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Ending;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Proof;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.model.Models;
import dev.belay.runner.model.ProviderModel;
import dev.belay.runner.model.offline.Cueing;
import dev.belay.runner.model.offline.FaultPlan;
import dev.belay.runner.model.offline.OfflineServer;
import dev.belay.runner.model.offline.Seen;
import dev.belay.runner.model.wire.ChatWire;
import dev.belay.runner.model.wire.GeminiWire;
import dev.belay.runner.model.wire.MessagesWire;
import dev.belay.runner.model.wire.ResponsesWire;
import dev.belay.runner.model.wire.Wire;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A task whose conversation outgrows its model, with every wire, from the loop over the log to the server and back. */
@Timeout(120)
class LongConversationTest {
    private static final String PROMPT = "Mend the cart, and say \"done\" — nothing else.";
    private static final String WISH = "Please keep the tabs; 7 % of them are in cart.c.";
    private static final String LATER = "And touch no file in vendor/.";
    private static final String SUMMARY = "Goal: mend the cart. cart.c is mended; the docs are left.";
    private static final Briefing BRIEFING = new Briefing(
            "You are at work.", List.of(new ToolSpec("Bash", "Runs a command.", (Json.Obj) Json.parse("""
                {"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}
                """))));
    private static final Pattern COMPACTED = Pattern.compile("The first (\\d+) of your answers");

    @TempDir
    Path folder;

    private final List<PersonSpoke> said = List.of(spoken("m1", WISH), spoken("m2", LATER));
    private final Inbox inbox = new Inbox(List.of());
    private Optional<OfflineServer> started = Optional.empty();
    private int calls;
    private int printed = 30_000;

    private record Ran(Ending ending, Conversation conversation, List<Event> log) {
        List<Event> of(Event.BodyCase kind) {
            return log.stream().filter(event -> event.getBodyCase() == kind).toList();
        }

        TurnEnded end(int turn) {
            return of(Event.BodyCase.TURN_END).stream()
                    .filter(event -> event.getTurn() == turn)
                    .findFirst()
                    .orElseThrow()
                    .getTurnEnd();
        }
    }

    @AfterEach
    void stop() {
        started.ifPresent(OfflineServer::close);
    }

    private OfflineServer server() {
        return started.orElseThrow();
    }

    static Stream<String> models() {
        return Stream.of("anthropic/m", "openai/m", "gemini/m", "office/m");
    }

    @ParameterizedTest
    @MethodSource("models")
    void it_is_pruned_and_then_summarised_and_goes_on_to_its_end(String name) throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);

        Ran ran = run(name, 100_000, 8_000);

        assertThat(ran.ending()).isEqualTo(new Ending(Ending.Kind.DONE, "done", "All is well."));
        assertThat(ran.of(Event.BodyCase.CONTEXT_PRUNED)).isNotEmpty();
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED)).hasSize(1).allSatisfy(event -> {
            assertThat(event.getContextCompacted().getSummary()).isEqualTo(SUMMARY);
            assertThat(event.getContextCompacted().getTokensBefore()).isBetween(80_000L, 110_000L);
            assertThat(event.getContextCompacted().getTokensAfter()).isBetween(5_000L, 20_000L);
        });
        assertThat(firstTurn(ran, Event.BodyCase.CONTEXT_PRUNED))
                .isLessThan(firstTurn(ran, Event.BodyCase.CONTEXT_COMPACTED));
        assertThat(server().seen())
                .allSatisfy(seen -> assertThat(seen.body().length() / 4).isLessThan(100_000));
        int compacted = firstTurn(ran, Event.BodyCase.CONTEXT_COMPACTED);
        assertThat(ran.end(compacted).getTokensIn())
                .as("the question for the summary and the turn's own")
                .isGreaterThan(ran.end(compacted - 1).getTokensIn());
        assertThat(ran.end(compacted).getCostUsd())
                .isEqualTo(ran.end(compacted).getTokensIn() / 1e6, org.assertj.core.api.Assertions.within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("models")
    void what_people_said_is_in_every_question_word_for_word(String name) throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);

        Ran ran = run(name, 100_000, 8_000);

        List<Seen> asked = server().seen();
        assertThat(asked).allSatisfy(seen -> assertThat(seen.body()).contains(written(PROMPT)));
        assertThat(asked.stream().skip(3))
                .allSatisfy(seen -> assertThat(seen.body()).contains(written(WISH)));
        assertThat(asked.getLast().body()).contains(written(LATER));
        assertThat(asked.getLast().body().indexOf(written(WISH)))
                .isLessThan(asked.getLast().body().indexOf(written(LATER)));
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("models")
    void between_two_events_it_only_grows_at_its_end(String name) throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);

        Ran ran = run(name, 100_000, 8_000);

        assertThat(ran.ending().kind()).isEqualTo(Ending.Kind.DONE);
        List<String> histories =
                questions().stream().map(body -> history(name, body)).toList();
        List<Integer> changed = IntStream.range(1, histories.size())
                .filter(i -> !histories
                        .get(i)
                        .startsWith(histories
                                .get(i - 1)
                                .substring(0, histories.get(i - 1).length() - 1)))
                .map(i -> i + 1)
                .boxed()
                .toList();
        assertThat(changed).isEqualTo(changes(ran));
    }

    @Test
    void thoughts_from_before_an_event_do_not_go_back_to_who_would_refuse_them_and_later_ones_do() throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);

        Ran ran = run("anthropic/m", 100_000, 8_000);

        List<Integer> changes = changes(ran);
        List<String> asked = questions();
        assertThat(changes).hasSizeGreaterThan(1);
        for (int turn : changes) {
            assertThat(asked.get(turn - 1)).doesNotContain("\"type\":\"thinking\"");
        }
        assertThat(asked.get(changes.getFirst() - 2)).contains("\"type\":\"thinking\"");
        assertThat(asked.get(changes.getFirst())).contains("\"type\":\"thinking\"");
    }

    @ParameterizedTest
    @MethodSource("models")
    void built_again_from_the_log_at_any_turn_it_asks_the_same_bytes(String name) throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);

        Ran ran = run(name, 100_000, 8_000);

        assertThat(ran.ending().kind()).isEqualTo(Ending.Kind.DONE);
        List<String> asked = questions();
        for (int turn : aroundChanges(ran, asked.size())) {
            Conversation rebuilt =
                    Recollection.of(PROMPT, before(ran.log(), turn)).conversation();
            assertThat(bytes(name, rebuilt)).as("turn %d", turn).isEqualTo(asked.get(turn - 1));
        }
        assertThat(bytes(name, Recollection.of(PROMPT, ran.log()).conversation()))
                .isEqualTo(bytes(name, ran.conversation()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void another_runner_goes_on_with_it_as_it_was(String name) throws Exception {
        play(script(24, 6_000), FaultPlan.NONE);
        Model model = model(name, 100_000, 8_000);
        List<Event> log = new ArrayList<>(told());

        Ending moved = new Ending(Ending.Kind.AT_LIMIT, "", "");
        for (int turns = 4; turns <= 28 && moved.kind() == Ending.Kind.AT_LIMIT; turns += 4) {
            Recollection before = Recollection.of(PROMPT, log);
            assertThat(before.left()).isEmpty();
            Ran ran = run(model, before.conversation(), turns - 4, turns);
            log.addAll(ran.log());
            moved = ran.ending();
        }

        Ran all = new Ran(moved, Recollection.of(PROMPT, log).conversation(), log);
        assertThat(moved.detail()).isEqualTo("All is well.");
        assertThat(all.of(Event.BodyCase.CONTEXT_COMPACTED)).isNotEmpty();
        List<String> asked = questions();
        for (int turn = 1; turn <= asked.size(); turn++) {
            assertThat(bytes(name, Recollection.of(PROMPT, before(log, turn)).conversation()))
                    .as("turn %d", turn)
                    .isEqualTo(asked.get(turn - 1));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_small_window_is_lived_in(String name) throws Exception {
        printed = 3_000;
        play(script(30, 100), FaultPlan.NONE);

        Ran ran = run(name, 8_192, 1_024);

        assertThat(ran.ending().detail()).isEqualTo("All is well.");
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED))
                .hasSizeGreaterThan(2)
                .hasSizeLessThan(12);
        assertThat(server().seen())
                .allSatisfy(seen -> assertThat(seen.body().length() / 4).isLessThan(8_192));
        assertThat(questions().getLast()).contains(SUMMARY).containsOnlyOnce("of your answers");
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_provider_that_finds_it_too_long_is_asked_again_with_a_summary_once(String name) throws Exception {
        play(script(8, 100), FaultPlan.parse(List.of("6=too-long")));

        Ran ran = run(name, 200_000, 8_000);

        assertThat(ran.ending().detail()).isEqualTo("All is well.");
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED)).singleElement().satisfies(event -> {
            assertThat(event.getTurn()).isEqualTo(6);
            assertThat(event.getContextCompacted().getAnswers()).isBetween(3, 4);
        });
        assertThat(server().seen().get(6).body())
                .as("of each result only the beginning is shown to who summarises what was too long")
                .hasSizeLessThan(20_000);
    }

    @ParameterizedTest
    @MethodSource("models")
    void where_a_summary_does_not_help_the_task_ends(String name) throws Exception {
        play(script(8, 100), FaultPlan.parse(List.of("6=too-long", "8=too-long")));

        Ran ran = run(name, 200_000, 8_000);

        assertThat(ran.ending().kind()).isEqualTo(Ending.Kind.FAILED);
        assertThat(ran.ending().stopReason()).isEqualTo("context_full");
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED)).hasSize(1);
        assertThat(ran.end(6).getTokensIn()).as("the summary was made").isPositive();
        assertThat(server().seen()).hasSize(8);
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_model_that_calls_tools_where_a_summary_was_asked_for_loses_nothing_and_ends_the_task(String name)
            throws Exception {
        Script script = script(8, 100);
        started = Optional.of(OfflineServer.start(
                script,
                FaultPlan.parse(List.of("6=too-long")),
                (body, answers) -> isForSummary(body.print()) ? 2 : turn(script, body, answers)));

        Ran ran = run(name, 200_000, 8_000);

        assertThat(ran.ending().kind()).isEqualTo(Ending.Kind.FAILED);
        assertThat(ran.ending().stopReason()).isEqualTo("context_full");
        assertThat(ran.ending().detail()).contains(name, "could not be summarised", "it called a tool");
        assertThat(ran.of(Event.BodyCase.CONTEXT_COMPACTED)).isEmpty();
        assertThat(server().seen()).hasSize(8);
        assertThat(server().seen().get(7).body()).contains("You were asked this a moment ago, and it called a tool.");
        assertThat(ran.end(6).getTokensIn()).as("of both attempts").isPositive();
        assertThat(calls).as("no call of a summary is made").isEqualTo(5);
    }

    /** The turns in which the log says that the model is shown less. */
    private static List<Integer> changes(Ran ran) {
        return ran.log().stream()
                .filter(event -> event.hasContextPruned() || event.hasContextCompacted())
                .map(Event::getTurn)
                .distinct()
                .toList();
    }

    /** The first turn, the last, and those before, at and after a change. */
    private static List<Integer> aroundChanges(Ran ran, int last) {
        return Stream.concat(
                        Stream.of(1, last), changes(ran).stream().flatMap(turn -> Stream.of(turn - 1, turn, turn + 1)))
                .distinct()
                .toList();
    }

    private static int firstTurn(Ran ran, Event.BodyCase kind) {
        return ran.of(kind).getFirst().getTurn();
    }

    /** What the log has when this turn's question is asked. */
    private static List<Event> before(List<Event> log, int turn) {
        return log.stream()
                .filter(event -> event.getTurn() < turn
                        || (event.getTurn() == turn
                                && (event.hasTurnStart() || event.hasContextPruned() || event.hasContextCompacted())))
                .toList();
    }

    private List<String> questions() {
        return server().seen().stream()
                .map(Seen::body)
                .filter(body -> !isForSummary(body))
                .toList();
    }

    private static boolean isForSummary(String body) {
        return body.contains("Write a hand-over to yourself");
    }

    private static String history(String name, String body) {
        String member = switch (name) {
            case "openai/m" -> "input";
            case "gemini/m" -> "contents";
            default -> "messages";
        };
        return Json.parse(body).get(member).print().replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "");
    }

    private static String bytes(String name, Conversation conversation) {
        Wire wire = switch (name) {
            case "anthropic/m" -> new MessagesWire();
            case "openai/m" -> new ResponsesWire();
            case "gemini/m" -> new GeminiWire();
            default -> new ChatWire(ChatWire.Dialect.COMPATIBLE);
        };
        return wire.request(new Wire.Question("m", BRIEFING, conversation.shown(), 8_000, "high"))
                .body()
                .print();
    }

    /** As it stands in a body. */
    private static String written(String text) {
        String quoted = Json.of(text).print();
        return quoted.substring(1, quoted.length() - 1);
    }

    private static PersonSpoke spoken(String id, String text) {
        return PersonSpoke.newBuilder().setId(id).setText(text).build();
    }

    private List<Event> told() {
        return said.stream()
                .map(one -> Event.newBuilder().setPersonMessage(one).build())
                .toList();
    }

    /** So many calls, then the end, and behind it the summary. */
    private static Script script(int calls, int words) {
        List<Script.Turn> turns = new ArrayList<>();
        for (int k = 1; k <= calls; k++) {
            String say = ("I make target " + k + ". ").repeat(words / 16);
            Json.Obj input = Json.object().put("command", "make target-" + k).build();
            turns.add(new Script.Turn("", say, Duration.ZERO, List.of(new Script.Call("Bash", input))));
        }
        turns.add(new Script.Turn("", "All is well.", Duration.ZERO, List.of()));
        turns.add(new Script.Turn("", SUMMARY, Duration.ZERO, List.of()));
        return new Script("long.yaml", turns);
    }

    private void play(Script script, FaultPlan faults) throws IOException {
        Cueing cueing =
                (body, answers) -> isForSummary(body.print()) ? script.turns().size() - 1 : turn(script, body, answers);
        started = Optional.of(OfflineServer.start(script, faults, cueing));
    }

    private static int turn(Script script, Json body, int answers) {
        Matcher before = COMPACTED.matcher(body.print());
        return Math.min(script.turns().size() - 2, answers + (before.find() ? Integer.parseInt(before.group(1)) : 0));
    }

    private Ran run(String name, int context, int output) throws Exception {
        Ran ran = run(model(name, context, output), new Conversation(PROMPT), 0, 60);
        List<Event> log = new ArrayList<>(told());
        log.addAll(ran.log());
        return new Ran(ran.ending(), ran.conversation(), log);
    }

    private Ran run(Model model, Conversation conversation, int turnsBefore, int turns) throws Exception {
        Path home = Files.createTempDirectory(folder, "run");
        try (Spool spool = Spool.open(home.resolve("spool"));
                Place place = new WrittenPlaces(Files.createDirectory(home.resolve("packs")))
                        .prepare(
                                Assignment.getDefaultInstance(),
                                TaskRights.of(Assignment.getDefaultInstance()),
                                (turn, step, denied) -> {})) {
            TaskRecord record = new TaskRecord(
                    new Journal(spool, InstantSource.system(), RunnerDisk.endless()),
                    new Speech(),
                    place,
                    new Gate(),
                    () -> {},
                    inbox,
                    new TaskRecord.Begin(turnsBefore, calls, calls, true));
            Ending ending = new AgentLoop(
                            model,
                            tools(),
                            record,
                            turns,
                            Budget.unlimited(),
                            Proof.none(record, InstantSource.system()),
                            InstantSource.system())
                    .goOn(conversation, turnsBefore, List.of());
            List<Event> log = new ArrayList<>();
            long last = 0;
            while (last < spool.lastWritten()) {
                for (Spool.Entry entry : spool.after(last, 100)) {
                    log.add(entry.event().getEvent());
                    last = entry.event().getRunnerSeq();
                }
            }
            return new Ran(ending, conversation, log);
        }
    }

    private Tools tools() {
        return new Tools() {
            @Override
            public List<ToolSpec> specs() {
                return BRIEFING.tools();
            }

            @Override
            public ToolOutcome call(ToolCall call) {
                calls++;
                if (calls == 3) {
                    inbox.add(said.getFirst());
                }
                if (calls == 13) {
                    inbox.add(said.getLast());
                }
                String line = "exit code: 0\n" + call.input().text("command") + " is up to date\n";
                return ToolOutcome.done(line.repeat(printed / line.length()), "exit 0");
            }

            @Override
            public String summary(ToolCall call) {
                return call.tool();
            }
        };
    }

    private Model model(String name, int context, int output) throws IOException {
        String window = "\"%s\": {\"context\": %d, \"output\": %d}".formatted(name, context, output);
        Path file = Files.writeString(folder.resolve("models.json"), """
            {"providers": {"office": {"wire": "chat", "address": "%s/v1", "key_variable": "OFFICE_API_KEY"}},
             "prices": {"%s": {"input": 1, "output": 0}},
             "windows": {%s}}
            """.formatted(server().address(), name, window));
        Map<String, String> environment = Map.of(
                "BELAY_MODELS",
                file.toString(),
                "ANTHROPIC_BASE_URL",
                server().address().toString(),
                "OPENAI_BASE_URL",
                server().address() + "/v1",
                "GOOGLE_GEMINI_BASE_URL",
                server().address().toString(),
                "ANTHROPIC_API_KEY",
                "secret-key",
                "OPENAI_API_KEY",
                "secret-key",
                "GEMINI_API_KEY",
                "secret-key",
                "OFFICE_API_KEY",
                "secret-key");
        return new Models(ProviderModel.Surroundings.of(environment, folder)).of(name, "high", BRIEFING);
    }
}
