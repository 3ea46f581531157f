package dev.belay.runner.model.wire;

import dev.belay.proto.json.JsonException;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.model.wire.WireException.Trouble;
import org.jspecify.annotations.Nullable;

/** How every form is read: a trouble, once met, stays, and nothing but a {@link WireException} leaves. */
abstract class WatchedStream implements Wire.Incoming {
    private @Nullable WireException trouble;

    /** May throw {@link JsonException}. */
    abstract void read(String type, String data) throws WireException;

    abstract boolean ended();

    /** Called only when it has ended. */
    abstract Reply answer() throws WireException;

    @Override
    public final void event(String type, String data) throws WireException {
        if (trouble != null) {
            throw trouble;
        }
        try {
            read(type, data);
        } catch (JsonException noJson) {
            trouble = Broken.because(ProviderWords.of(String.valueOf(noJson.getMessage())));
            throw trouble;
        } catch (WireException met) {
            trouble = met;
            throw met;
        }
    }

    @Override
    public final boolean whole() {
        return trouble == null && ended();
    }

    @Override
    public final Reply reply() throws WireException {
        if (trouble != null) {
            throw trouble;
        }
        if (!ended()) {
            throw new WireException(Trouble.BROKEN, "the provider's answer ended early");
        }
        return answer();
    }
}
