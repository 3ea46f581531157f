package dev.belay.runner.model.wire;

import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one answer, put together from pieces. By the form, a piece belongs to the call of its index, and a call's
 * first piece alone has id and name. Servers leave the index out, give each call the same one, repeat id and name, or have
 * no ids: a piece with a name begins a call wherever it cannot belong to the one before.
 */
final class ChatCalls {
    static final int MOST = 128;
    static final int NO_INDEX = -1;

    private final List<Pieces> all = new ArrayList<>();
    private final Map<Integer, Pieces> byIndex = new HashMap<>();

    void add(int index, String givenId, String name, String arguments) throws WireException {
        if (index >= MOST) {
            throw OpenAiEvent.broken("it makes too many calls");
        }
        String id = givenId.equals("null") ? "" : givenId;
        Pieces call = index == NO_INDEX ? without(id, name) : byIndex.get(index);
        if (call == null || call.isAnother(id, name, arguments)) {
            call = begin(index);
        }
        call.add(id, name, arguments);
    }

    /**
     * @param cut whether the answer ended at its limit: a call that was not written to its end is then none
     * @param answer what the server calls the answer, from which calls without an id are named
     */
    List<ToolCall> made(boolean cut, String answer) throws WireException {
        List<ToolCall> made = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            Pieces call = all.get(i);
            boolean last = i == all.size() - 1;
            if (cut && !call.isClosed() && (last || !call.isEmpty())) {
                continue;
            }
            if (call.name.isEmpty()) {
                throw OpenAiEvent.broken("it calls a tool without a name");
            }
            String id = call.id;
            if (id.isEmpty() || !ids.add(id)) {
                id = "call_" + OpenAiDigest.of(24, answer, Integer.toString(i), call.name, Long.toHexString(call.sum));
                ids.add(id);
            }
            made.add(call.input.call(id, call.name));
        }
        return made;
    }

    private @Nullable Pieces without(String id, String name) throws WireException {
        for (Pieces call : all) {
            if (!id.isEmpty() && call.id.equals(id)) {
                return call;
            }
        }
        if (all.isEmpty() && name.isEmpty()) {
            throw OpenAiEvent.broken("a piece of a call belongs to none");
        }
        return all.isEmpty() ? null : all.getLast();
    }

    private Pieces begin(int index) throws WireException {
        if (all.size() == MOST) {
            throw OpenAiEvent.broken("it makes too many calls");
        }
        Pieces call = new Pieces();
        all.add(call);
        if (index != NO_INDEX) {
            byIndex.put(index, call);
        }
        return call;
    }

    private static final class Pieces {
        private final StreamedInput input = new StreamedInput();
        private String id = "";
        private String name = "";
        private long sum;
        private int depth;
        private boolean inText;
        private boolean escaped;
        private boolean opened;

        boolean isEmpty() {
            return !opened;
        }

        /** Whether the object that the arguments began has ended. */
        boolean isClosed() {
            return opened && depth == 0;
        }

        boolean isAnother(String otherId, String otherName, String arguments) {
            if (otherName.isEmpty()) {
                return false;
            }
            if (!otherId.isEmpty() && !id.isEmpty()) {
                return !otherId.equals(id);
            }
            return (!name.isEmpty() && !otherName.equals(name)) || (isClosed() && !arguments.isBlank());
        }

        void add(String givenId, String givenName, String arguments) {
            id = id.isEmpty() ? givenId : id;
            name = name.isEmpty() ? givenName : name;
            input.add(arguments);
            for (int i = 0; i < arguments.length(); i++) {
                scan(arguments.charAt(i));
            }
        }

        private void scan(char c) {
            sum = sum * 31 + c;
            if (inText) {
                inText = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c == '"') {
                inText = true;
            } else if (c == '{' || c == '[') {
                opened = true;
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
    }
}
