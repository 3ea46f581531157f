package dev.belay.cli.bench;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How fast a policy answers, on one thread of the client's own process: the answer needs nothing but the question, and client,
 * controller and runner ask the same classes. The client does without the optimising compiler, for the sake of its start, and
 * so does the controller; the runner has it, and is faster.
 */
record Decisions() implements Round {
    static final Figure HOSTS = Figure.of(
            "policy-hosts",
            "a policy's decisions on hosts, on one core",
            "/s",
            Target.designAtLeast(200_000, "policy decisions: hosts"));
    static final Figure PATHS = Figure.of(
            "policy-paths",
            "the same on paths, read and changed",
            "/s",
            Target.designAtLeast(200_000, "policy decisions: paths"));
    static final Figure COMMANDS = Figure.of(
            "policy-commands",
            "the same on command lines of a shell",
            "/s",
            Target.designAtLeast(5000, "policy decisions: shell lines"));

    private static final int WARM_UP = 5;

    @Override
    public List<Figure> figures() {
        return List.of(HOSTS, PATHS, COMMANDS);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        Compiled compiled = compiled();
        Policy policy = compiled.policy();
        Questions questions = new Questions();
        return Map.of(
                HOSTS,
                reading(
                        runs,
                        25,
                        questions.hosts(),
                        List.of(host -> policy.network(host.name(), host.port()).allowed())),
                PATHS,
                reading(
                        runs,
                        5,
                        questions.paths(),
                        List.of(
                                path -> policy.edit(path).allowed(),
                                path -> policy.read(path).allowed())),
                COMMANDS,
                reading(
                        runs,
                        4,
                        questions.commands(),
                        List.of(line -> policy.command(line).allowed())));
    }

    static Compiled compiled() throws IOException {
        Compiled compiled =
                PolicyCompiler.compile(List.of(new Source(PolicyCompiler.FILES.getFirst(), Texts.of("policy.yaml"))));
        if (!compiled.problems().isEmpty()) {
            throw new IOException(
                    "the bench's own policy: " + compiled.problems().getFirst());
        }
        return compiled;
    }

    /** @param rounds so many that a run is long enough for a clock and short enough for a person */
    static <Q> Reading reading(int runs, int rounds, List<Q> questions, List<Predicate<Q>> deciders)
            throws IOException {
        int all = questions.size() * deciders.size();
        int allowed = 0;
        List<Double> rates = new ArrayList<>();
        for (int run = -WARM_UP; run < runs; run++) {
            long began = System.nanoTime();
            allowed = 0;
            for (int round = 0; round < rounds; round++) {
                for (Q question : questions) {
                    for (Predicate<Q> decider : deciders) {
                        allowed += decider.test(question) ? 1 : 0;
                    }
                }
            }
            if (run >= 0) {
                rates.add(rate(all * rounds, Stopwatch.millisSince(began)));
            }
        }
        return Reading.of(Sample.of(rates), note(questions.size(), deciders.size(), counted(allowed, rounds, all)));
    }

    static double rate(int decisions, double millis) {
        return decisions * 1000 / millis;
    }

    /** Of one round; a policy that says the same to everything was not asked in earnest. */
    static int counted(int allowed, int rounds, int all) throws IOException {
        int each = allowed / rounds;
        if (each * rounds != allowed || each == 0 || each == all) {
            throw new IOException(allowed + " of " + rounds + " times " + all + " questions were allowed");
        }
        return each;
    }

    private static String note(int questions, int times, int allowed) {
        return questions + " different questions" + (times == 1 ? "" : ", asked " + times + " ways") + ", " + allowed
                + " allowed; in the client, which has no optimising compiler";
    }
}
