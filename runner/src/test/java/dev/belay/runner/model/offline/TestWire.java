package dev.belay.runner.model.offline;

import dev.belay.runner.model.offline.Asking.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The four wires as the smallest client of each would write and read them. */
enum TestWire {
    MESSAGES("/v1/messages", "x-api-key", "k") {
        @Override
        String ask(List<String> turns) {
            return "{'model':'m','max_tokens':4096,'stream':true,'thinking':{'type':'adaptive'},"
                    + "'tools':[{'name':'Bash','input_schema':{'type':'object'}}],"
                    + "'messages':[{'role':'user','content':[{'type':'text','text':'fix it','cache_control':"
                    + "{'type':'ephemeral'}}]}" + joined(turns) + "]}";
        }

        @Override
        Heard hear(List<Event> events) {
            return Hearing.messages(events);
        }

        @Override
        String told(List<Call> calls) {
            List<String> results = new ArrayList<>();
            for (Call call : calls) {
                results.add("{'type':'tool_result','tool_use_id':'" + call.id() + "','content':'ok'}");
            }
            return "{'role':'user','content':[" + String.join(",", results) + "]}";
        }
    },

    RESPONSES("/v1/responses", "authorization", "Bearer k") {
        @Override
        String ask(List<String> turns) {
            return "{'model':'m','stream':true,'store':false,'include':['reasoning.encrypted_content'],"
                    + "'tools':[{'type':'function','name':'Bash','parameters':{'type':'object'}}],"
                    + "'input':[{'role':'user','content':'fix it'}" + joined(turns) + "]}";
        }

        @Override
        Heard hear(List<Event> events) {
            return Hearing.responses(events);
        }

        @Override
        String told(List<Call> calls) {
            List<String> results = new ArrayList<>();
            for (Call call : calls) {
                results.add("{'type':'function_call_output','call_id':'" + call.id() + "','output':'ok'}");
            }
            return String.join(",", results);
        }
    },

    CHAT("/v1/chat/completions", "authorization", "Bearer k") {
        @Override
        String ask(List<String> turns) {
            return "{'model':'m','stream':true,'stream_options':{'include_usage':true},"
                    + "'tools':[{'type':'function','function':{'name':'Bash','parameters':{'type':'object'}}}],"
                    + "'messages':[{'role':'user','content':'fix it'}" + joined(turns) + "]}";
        }

        @Override
        Heard hear(List<Event> events) {
            return Hearing.chat(events);
        }

        @Override
        String told(List<Call> calls) {
            List<String> results = new ArrayList<>();
            for (Call call : calls) {
                results.add("{'role':'tool','tool_call_id':'" + call.id() + "','content':'ok'}");
            }
            return String.join(",", results);
        }
    },

    GEMINI("/v1beta/models/m:streamGenerateContent?alt=sse", "x-goog-api-key", "k") {
        @Override
        String ask(List<String> turns) {
            return "{'tools':[{'functionDeclarations':[{'name':'Bash','parametersJsonSchema':{'type':'object'}}]}],"
                    + "'contents':[{'role':'user','parts':[{'text':'fix it'}]}" + joined(turns) + "]}";
        }

        @Override
        Heard hear(List<Event> events) {
            return Hearing.gemini(events);
        }

        @Override
        String told(List<Call> calls) {
            List<String> results = new ArrayList<>();
            for (Call call : calls) {
                results.add("{'functionResponse':{'id':'" + call.id() + "','name':'" + call.name()
                        + "','response':{'output':'ok'}}}");
            }
            return "{'role':'user','parts':[" + String.join(",", results) + "]}";
        }
    };

    record Call(String id, String name, String arguments) {}

    /**
     * One answer, put together again.
     *
     * @param own as it goes back into the conversation
     */
    record Heard(String text, List<Call> calls, String ending, String own, long in, long read, long out) {}

    final String path;
    final String keyHeader;
    private final String key;

    TestWire(String path, String keyHeader, String key) {
        this.path = path;
        this.keyHeader = keyHeader;
        this.key = key;
    }

    Map<String, String> headers() {
        return Map.of(keyHeader, key, "content-type", "application/json", "anthropic-version", "2023-06-01");
    }

    /** A request of one message, and what followed it. Its quotes are single ones. */
    abstract String ask(List<String> turns);

    abstract Heard hear(List<Event> events);

    /** The results of the calls, as they go into the conversation. */
    abstract String told(List<Call> calls);

    /** The request, as it is sent. */
    String question(String... turns) {
        return ask(List.of(turns)).replace('\'', '"');
    }

    /** The request that follows an answer. */
    String afterwards(Heard heard) {
        return question(heard.own(), told(heard.calls()).replace('\'', '"'));
    }

    /** The same request, which does not ask for a stream. */
    String unstreamed(String question) {
        return question.replace("\"stream\":true", "\"stream\":false")
                .replace(",\"stream_options\":{\"include_usage\":true}", "");
    }

    String unstreamedPath() {
        return path.replace(":streamGenerateContent?alt=sse", ":generateContent");
    }

    private static String joined(List<String> turns) {
        return turns.isEmpty() ? "" : "," + String.join(",", turns);
    }
}
