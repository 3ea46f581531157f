package dev.belay.runner.model;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Model;
import java.util.List;

/** The models of this runner's providers. */
public final class Models {
    private final ProviderModel.Surroundings around;

    public Models(ProviderModel.Surroundings around) {
        this.around = around;
    }

    /** Whose models this runner can ask now, and what it lacks for the others. */
    public List<ModelProvider> offered() {
        return around.providers().all().stream()
                .map(provider -> {
                    String missing = around.keys().of(provider) instanceof Keys.Found.Missing(String why) ? why : "";
                    return ModelProvider.newBuilder()
                            .setName(provider.name())
                            .setUsable(missing.isEmpty())
                            .setMissing(missing)
                            .build();
                })
                .toList();
    }

    /**
     * Whether a task can begin with it.
     *
     * @param named with its provider
     * @throws BelayException when it cannot
     */
    public void check(String named, double mostUsd) {
        Provider provider = provider(named);
        if (around.keys().of(provider) instanceof Keys.Found.Missing(String why)) {
            throw BelayException.of(
                    ErrorCode.E_NO_KEY,
                    "this runner has no key for " + provider.name(),
                    "runner: " + why,
                    "belay login " + provider.name());
        }
        if (mostUsd > 0 && !around.providers().prices().known(named)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--max-usd cannot be held: no price is known for " + named,
                    "runner: the prices of " + around.providers().prices().asOf() + " do not have it",
                    "name its price in the file of BELAY_MODELS (belay help providers), or leave --max-usd out");
        }
    }

    public Model of(String named, String effort, Briefing briefing) {
        Provider provider = provider(named);
        return new ProviderModel(provider, named.substring(provider.name().length() + 1), effort, briefing, around);
    }

    private Provider provider(String named) {
        String name = named.substring(0, Math.max(0, named.indexOf('/')));
        return around.providers()
                .named(name)
                .orElseThrow(() -> BelayException.of(
                        ErrorCode.E_UNKNOWN_MODEL,
                        "this runner knows no provider of " + named,
                        "runner: it has "
                                + String.join(
                                        ", ",
                                        around.providers().all().stream()
                                                .map(Provider::name)
                                                .toList())
                                + Nearest.hint(
                                        name,
                                        around.providers().all().stream()
                                                .map(Provider::name)
                                                .toList()),
                        "belay models"));
    }
}
