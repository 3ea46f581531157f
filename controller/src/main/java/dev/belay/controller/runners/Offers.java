package dev.belay.controller.runners;

import dev.belay.policies.Capability;
import dev.belay.proto.v1.ModelProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whose models a runner can ask. What a runner says of that is not trusted to be short, or printable, or to be said once.
 *
 * @param usable names of providers
 * @param missing by name, what is missing where a provider is known and not usable
 */
public record Offers(SortedSet<String> usable, SortedMap<String, String> missing) {
    private static final int MOST = 32;

    public static final Offers NONE = new Offers(new TreeSet<>(), new TreeMap<>());

    public Offers {
        usable = Collections.unmodifiableSortedSet(new TreeSet<>(usable));
        missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
    }

    public static Offers of(List<ModelProvider> said) {
        TreeSet<String> usable = new TreeSet<>();
        TreeMap<String, String> missing = new TreeMap<>();
        for (ModelProvider one : said.subList(0, Math.min(MOST, said.size()))) {
            if (one.getUsable() && Capability.isProvider(one.getName())) {
                usable.add(one.getName());
            } else if (Capability.isProvider(one.getName())) {
                missing.putIfAbsent(one.getName(), Admission.plain(one.getMissing()));
            }
        }
        missing.keySet().removeAll(usable);
        return new Offers(usable, missing);
    }

    /** From what {@link #missingWords} gave. */
    static Offers stored(List<String> usable, List<String> missingWords) {
        TreeMap<String, String> missing = new TreeMap<>();
        for (String one : missingWords) {
            int colon = one.indexOf(": ");
            missing.put(colon < 0 ? one : one.substring(0, colon), colon < 0 ? "" : one.substring(colon + 2));
        }
        return new Offers(new TreeSet<>(usable), missing);
    }

    /** Each as {@code name: what is missing}. */
    List<String> missingWords() {
        List<String> words = new ArrayList<>();
        missing.forEach((name, what) -> words.add(name + ": " + what));
        return words;
    }

    /** @param provider empty for a model that nobody needs to be asked for */
    boolean can(String provider) {
        return provider.isEmpty() || usable.contains(provider);
    }
}
