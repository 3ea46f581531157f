package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Map;

/** OpenAI's Chat Completions, which many others speak too. */
final class ChatRoute implements Route {
    private final ChatJudge judge = new ChatJudge();

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/chat/completions") || path.equals("/chat/completions");
    }

    @Override
    public Asked judge(HttpRequest request) throws RefusedException {
        return judge.judge(request);
    }

    @Override
    public Answer answer(Cue cue) {
        return new ChatAnswer(cue);
    }

    @Override
    public EventStream.Form form() {
        return new EventStream.Form(false, "\n");
    }

    @Override
    public Refusal refusal(Fault.Refusing fault) {
        return OpenAi.refusal(fault);
    }

    @Override
    public Json error(Refusal refusal) {
        return OpenAi.error(refusal);
    }

    @Override
    public Map<String, String> headers() {
        return OpenAi.HEADERS;
    }
}
