package dev.belay.controller.runners;

import dev.belay.policies.Capability;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.v1.ModelProvider;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whose models can be asked here: what the connected runners say, taken together. Keys are theirs alone. */
@Singleton
public final class Providers {
    private static final int NAMES = 3;
    private static final int LISTED = 20;

    private final Elsewhere runners;

    public Providers(Elsewhere runners) {
        this.runners = runners;
    }

    /** By their names; usable is what one of the runners can ask. */
    public List<ModelProvider> all() {
        List<KnownRunner> connected = runners.andHere();
        List<ModelProvider> all = new ArrayList<>();
        for (String name : names(connected)) {
            boolean usable =
                    connected.stream().anyMatch(runner -> runner.offers().can(name));
            all.add(ModelProvider.newBuilder()
                    .setName(name)
                    .setUsable(usable)
                    .setMissing(usable ? "" : words(connected, name))
                    .build());
        }
        return all;
    }

    /**
     * Passes when some connected runner can ask the model's provider.
     *
     * @throws BelayException E_NO_KEY, E_UNKNOWN_MODEL
     */
    static void check(List<KnownRunner> connected, Capability model) {
        String provider = model.provider();
        if (connected.stream().anyMatch(runner -> runner.offers().can(provider))) {
            return;
        }
        String shortfall = shortfall(connected, provider);
        if (!shortfall.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NO_KEY,
                    "no runner here has a key for " + provider,
                    "the controller heard what is missing from its runners: " + shortfall,
                    "belay login " + provider);
        }
        List<String> names = names(connected);
        Optional<String> meant = Nearest.to(provider, names);
        throw BelayException.of(
                ErrorCode.E_UNKNOWN_MODEL,
                "no runner here knows the provider " + provider + Nearest.hint(provider, names),
                "the controller heard of these from its runners: " + listed(names),
                "belay run --model "
                        + meant.map(name -> name + model.model().substring(provider.length()))
                                .orElse("PROVIDER/MODEL") + " …");
    }

    /** What is missing for {@code provider}, by the runners that know it; nothing when none does. */
    public Optional<String> shortfall(String provider) {
        return Optional.of(shortfall(runners.andHere(), provider)).filter(words -> !words.isEmpty());
    }

    /** The names of all providers of which some connected runner knows. */
    public String known() {
        return listed(names(runners.andHere()));
    }

    /** Those that know {@code provider} and cannot ask it. */
    private static Stream<KnownRunner> missing(List<KnownRunner> connected, String provider) {
        return connected.stream()
                .filter(runner -> runner.offers().missing().containsKey(provider))
                .sorted(Comparator.comparing(KnownRunner::name));
    }

    /** What is missing for {@code provider}, each thing once. */
    private static String words(List<KnownRunner> connected, String provider) {
        return missing(connected, provider)
                .map(runner -> runner.offers().missing().getOrDefault(provider, ""))
                .filter(what -> !what.isEmpty())
                .distinct()
                .limit(NAMES)
                .collect(Collectors.joining("; "));
    }

    /** {@code local-1: ACME_API_KEY is not set; local-2: …}; empty when nobody knows {@code provider}. */
    private static String shortfall(List<KnownRunner> connected, String provider) {
        List<KnownRunner> without = missing(connected, provider).toList();
        return without.stream()
                        .limit(NAMES)
                        .map(runner ->
                                said(runner.name(), runner.offers().missing().getOrDefault(provider, "")))
                        .collect(Collectors.joining("; "))
                + (without.size() > NAMES ? "; and " + (without.size() - NAMES) + " more" : "");
    }

    private static String said(String runner, String missing) {
        return missing.isEmpty() ? runner : runner + ": " + missing;
    }

    private static List<String> names(List<KnownRunner> connected) {
        TreeSet<String> names = new TreeSet<>();
        for (KnownRunner runner : connected) {
            names.addAll(runner.offers().usable());
            names.addAll(runner.offers().missing().keySet());
        }
        return List.copyOf(names);
    }

    private static String listed(List<String> names) {
        return names.isEmpty()
                ? "none"
                : names.stream().limit(LISTED).collect(Collectors.joining(", ")) + (names.size() > LISTED ? ", …" : "");
    }
}
