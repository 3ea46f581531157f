package dev.belay.runner.model;

import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Model;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolOutputMark;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Window;
import dev.belay.runner.model.wire.Wire;
import dev.belay.runner.model.wire.WireException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * A provider's model.
 *
 * <p>Guarantees: the key is read for each question and is in no message; what may pass is asked again, with what was heard of
 * it taken back; when it does not pass the task waits, and only what asking again cannot change ends it; what tools printed
 * goes out marked as such.
 */
public final class ProviderModel implements Model {
    private final Provider provider;
    private final String model;
    private final String effort;
    private final Briefing briefing;
    private final Surroundings around;
    private final ToolOutputMark mark;
    private final Wire wire;
    private final Window window;

    /**
     * What all models of a runner share.
     *
     * @param random from 0 to 1
     */
    public record Surroundings(
            Providers providers, Keys keys, HttpClient http, Waits waits, DoubleSupplier random, Sleep sleep) {
        public static Surroundings of(Map<String, String> environment, Path keys) {
            Waits waits = Waits.usual();
            return new Surroundings(
                    Providers.from(environment),
                    new Keys(environment, keys),
                    Exchange.client(waits, environment),
                    waits,
                    Math::random,
                    Thread::sleep);
        }
    }

    /** How a pause is made. */
    public interface Sleep {
        void pause(Duration time) throws InterruptedException;
    }

    ProviderModel(Provider provider, String model, String effort, Briefing briefing, Surroundings around) {
        this.provider = provider;
        this.model = model;
        this.effort = effort;
        this.briefing = briefing;
        this.around = around;
        this.mark = new ToolOutputMark(briefing.mark());
        this.wire = Wires.of(provider);
        this.window = around.providers().windows().of(name(), briefed(briefing));
    }

    private static long briefed(Briefing briefing) {
        long characters = briefing.system().length();
        for (ToolSpec tool : briefing.tools()) {
            characters += tool.name().length()
                    + tool.description().length()
                    + tool.schema().print().length();
        }
        return characters;
    }

    @Override
    public String name() {
        return provider.name() + "/" + model;
    }

    @Override
    public Optional<Window> window() {
        return Optional.of(window);
    }

    @Override
    public Reply reply(Conversation conversation, Listener listener) throws ModelException, InterruptedException {
        Map<String, String> key = key();
        Exchange exchange = new Exchange(around.http(), provider, around.waits());
        Wire.Question question =
                new Wire.Question(model, briefing, mark.on(conversation.shown()), window.output(), effort);
        for (int attempt = 1; ; attempt++) {
            try {
                Reply reply = exchange.ask(wire, question, key, listener::heard);
                return reply.costing(around.providers()
                        .prices()
                        .of(name(), reply.usage())
                        .map(reply.usage()::costing)
                        .orElseGet(reply.usage()::unpriced));
            } catch (Exchange.RefusedException refused) {
                WireException why = refused.why();
                boolean passes =
                        why.trouble() == WireException.Trouble.BUSY || why.trouble() == WireException.Trouble.BROKEN;
                if (!passes || attempt > around.waits().retries()) {
                    throw noAnswer(why);
                }
                Duration pause = around.waits()
                        .pause(attempt, refused.wished(), around.random().getAsDouble());
                listener.again("%s: %s; asked again in %s (%d of %d)"
                        .formatted(
                                provider.name(),
                                why.getMessage(),
                                words(pause),
                                attempt,
                                around.waits().retries()));
                around.sleep().pause(pause);
            }
        }
    }

    private Map<String, String> key() throws ModelException {
        return switch (around.keys().of(provider)) {
            case Keys.Found.Key(String key) -> wire.keyHeaders(key);
            case Keys.Found.NotNeeded() -> Map.of();
            case Keys.Found.Missing(String why) ->
                throw new ModelException(
                        "no_key",
                        "no key for " + provider.name() + ": " + why + ". Try: belay login " + provider.name());
        };
    }

    private ModelException noAnswer(WireException why) {
        String said = provider.name() + " (" + model + "): " + why.getMessage();
        return switch (why.trouble()) {
            case KEY -> new ModelException("no_key", said + ". Try: belay login " + provider.name());
            case QUOTA -> new ModelException("model_quota", said + ". Its work is safe", true);
            case BUSY, BROKEN -> new ModelException("model_unavailable", said + ". Its work is safe", true);
            case UNKNOWN_MODEL -> new ModelException("unknown_model", said);
            case TOO_LONG -> new ModelException(ModelException.CONTEXT_FULL, said);
            case DECLINED -> new ModelException("model_declined", said);
            case REFUSED -> new ModelException("model_refused", said);
        };
    }

    private static String words(Duration pause) {
        return pause.toSeconds() > 0 ? pause.toSeconds() + " s" : pause.toMillis() + " ms";
    }
}
