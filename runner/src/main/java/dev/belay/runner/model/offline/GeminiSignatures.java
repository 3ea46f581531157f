package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gemini's thought signatures: one for a call belongs to that call, one for a text to any. */
final class GeminiSignatures {
    /** What the service takes for calls that it never made. */
    private static final List<String> FOREIGN =
            List.of("skip_thought_signature_validator", "context_engineering_is_the_way_to_go");

    private static final String CALL = "functionCall";
    private static final String TEXT = "text";

    private GeminiSignatures() {}

    static String ofCall(String name, Json args) {
        return Seal.of(CALL, canonical(name, args));
    }

    static String ofText() {
        return Seal.of(TEXT, "");
    }

    /** A signature need not be there; one that is there was given for this part. */
    static void judge(String place, Json part) throws RefusedException {
        if (!Fields.has(part, "thoughtSignature")) {
            return;
        }
        String signature = part.text("thoughtSignature");
        Json call = part.get(CALL);
        String given = call.isNull() ? ofText() : ofCall(call.text("name"), call.get("args"));
        if (!plain(signature).equals(plain(given)) && !FOREIGN.contains(signature)) {
            throw badRequest("", place + ".thought_signature", "the thought signature was not given for this part");
        }
    }

    /** Only the first of the calls that were made together has one. */
    static void required(String place, List<Json> parts) throws RefusedException {
        for (Json part : parts) {
            if (Fields.has(part, CALL)) {
                if (part.text("thoughtSignature").isEmpty()) {
                    throw badRequest(
                            "",
                            place,
                            "the function call " + part.get(CALL).text("name") + " lacks its thought_signature");
                }
                return;
            }
        }
    }

    /** Bytes may be written in either alphabet of Base64, and Google's own client writes them in the other one. */
    private static String plain(String base64) {
        return base64.replace('-', '+').replace('_', '/').replace("=", "");
    }

    /** The service has no order of fields, and so none is asked for. */
    private static String canonical(String name, Json args) {
        return name + sorted(args.isNull() ? Json.object().build() : args).print();
    }

    private static Json sorted(Json value) {
        return switch (value) {
            case Json.Obj(Map<String, Json> members) -> {
                Map<String, Json> all = new TreeMap<>();
                members.forEach((name, member) -> all.put(name, sorted(member)));
                yield new Json.Obj(all);
            }
            case Json.Arr(List<Json> items) ->
                new Json.Arr(items.stream().map(GeminiSignatures::sorted).toList());
            default -> value;
        };
    }
}
