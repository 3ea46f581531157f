package dev.belay.runner.model.offline;

import dev.belay.proto.script.Script;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Answers requests, whatever connection they come by. */
final class Desk {
    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream; charset=utf-8";

    private final List<Route> routes =
            List.of(new MessagesRoute(), new ResponsesRoute(), new ChatRoute(), new GeminiRoute());
    private final Tokens tokens = new Tokens();
    private final AtomicLong requests = new AtomicLong();
    private final Script script;
    private final Cueing cueing;
    private final FaultPlan faults;
    private final Pause pause;
    private final InstantSource clock;
    private final SeenLog seen;

    Desk(Script script, Cueing cueing, FaultPlan faults, Pause pause, InstantSource clock, SeenLog seen) {
        this.script = script;
        this.cueing = cueing;
        this.faults = faults;
        this.pause = pause;
        this.clock = clock;
        this.seen = seen;
    }

    /** Returns when the client or the server has ended the connection. */
    @FunctionalInterface
    interface Hold {
        void hold() throws IOException;
    }

    /** @throws CutException where the connection has to end with what was written */
    void answer(HttpRequest request, HttpAnswer out, Hold hold) throws IOException, InterruptedException {
        seen.add(new Seen(request.method(), request.target(), request.headers(), request.body(), clock.instant()));
        Optional<Route> route =
                routes.stream().filter(one -> one.serves(request.path())).findFirst();
        if (route.isEmpty()) {
            Models.answer(request, out);
        } else if (!request.method().equals("POST")) {
            refuse(out, route.get(), new Refusal(405, "", "", "this path is for POST"));
        } else {
            long number = requests.incrementAndGet();
            try {
                Asked asked = route.get().judge(request);
                new Visit(route.get(), asked, out, hold).play(faults.of(number));
            } catch (RefusedException refused) {
                refuse(out, route.get(), refused.refusal());
            }
        }
    }

    private static void refuse(HttpAnswer out, Route route, Refusal refusal) throws IOException {
        Map<String, String> headers = new HashMap<>(route.headers());
        refusal.retryAfter().ifPresent(seconds -> headers.put("retry-after", Integer.toString(seconds)));
        out.whole(refusal.status(), JSON, headers, route.error(refusal).print());
    }

    /** One request that was taken. */
    private final class Visit {
        private final Route route;
        private final Asked asked;
        private final Tokens.Usage usage;
        private final HttpAnswer out;
        private final Hold hold;

        Visit(Route route, Asked asked, HttpAnswer out, Hold hold) {
            this.route = route;
            this.asked = asked;
            this.usage = tokens.usage(route.name() + " " + asked.model(), asked.prompt());
            this.out = out;
            this.hold = hold;
        }

        void play(Optional<Fault> fault) throws IOException, InterruptedException {
            Spoken spoken = Spoken.of(script, cueing.turn(asked.body(), asked.answers()));
            if (fault.isEmpty()) {
                say(spoken);
                return;
            }
            switch (fault.get()) {
                case Fault.Refusing refusing -> refuse(out, route, route.refusal(refusing));
                case Fault.Foreign foreign -> estrange(foreign, spoken);
                case Fault.Speaking speaking -> say(Misspoken.of(spoken, speaking));
                case Fault.Streaming streaming when asked.streamed() -> stream(answer(spoken), streaming);
                case Fault.Streaming _ -> say(spoken);
            }
        }

        private void say(Spoken spoken) throws IOException, InterruptedException {
            Answer answer = answer(spoken);
            if (asked.streamed()) {
                ChunkedBody body = out.chunked(EVENTS, route.headers(), Long.MAX_VALUE);
                answer.stream(new EventStream(body, route.form()), pause);
                body.end();
            } else {
                out.whole(200, JSON, route.headers(), answer.whole().print());
            }
        }

        private void stream(Answer answer, Fault.Streaming fault) throws IOException, InterruptedException {
            long most = fault instanceof Fault.Streaming.CutAfterBytes(int bytes) ? bytes : Long.MAX_VALUE;
            ChunkedBody body = out.chunked(EVENTS, route.headers(), most);
            FaultySink sink = new FaultySink(new EventStream(body, route.form()), fault, new FaultySink.Rest() {
                @Override
                public void fail(EventSink rest) throws IOException {
                    answer.fail(rest);
                }

                @Override
                public void hold() throws IOException {
                    hold.hold();
                }
            });
            try {
                sink.begin();
                answer.stream(sink, pause);
            } catch (FaultySink.FailedException failed) {
                // The error was the last event of a stream that is otherwise in order.
            }
            body.end();
        }

        private void estrange(Fault.Foreign fault, Spoken spoken) throws IOException {
            switch (fault) {
                case Fault.Foreign.Closed _ -> throw new CutException();
                case Fault.Foreign.Silence _ -> {
                    hold.hold();
                    throw new CutException();
                }
                case Fault.Foreign.Redirect(String location) ->
                    out.whole(302, "text/html", Map.of("location", location), "");
                case Fault.Foreign.Html _ ->
                    out.whole(502, "text/html", Map.of(), "<html><body><h1>502 Bad Gateway</h1></body></html>\n");
                case Fault.Foreign.Unstreamed _ ->
                    out.whole(200, JSON, route.headers(), answer(spoken).whole().print());
            }
        }

        private Answer answer(Spoken spoken) {
            return route.answer(new Cue(asked, spoken, usage, clock.instant().getEpochSecond()));
        }
    }
}
