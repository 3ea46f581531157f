package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.Map;

/** OpenAI's Responses. */
final class ResponsesRoute implements Route {
    private final ResponsesJudge judge = new ResponsesJudge();

    @Override
    public String name() {
        return "responses";
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/v1/responses") || path.equals("/responses");
    }

    @Override
    public Asked judge(HttpRequest request) throws RefusedException {
        return judge.judge(request);
    }

    @Override
    public Answer answer(Cue cue) {
        return new ResponsesAnswer(cue);
    }

    @Override
    public EventStream.Form form() {
        return new EventStream.Form(true, "\n");
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
