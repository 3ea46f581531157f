package dev.belay.controller.secrets;

import com.google.protobuf.Timestamp;
import dev.belay.controller.tasks.Caller;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.bounds.SecretText;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.SecretInfo;
import dev.belay.proto.v1.SecretList;
import dev.belay.proto.v1.SetSecret;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The secrets of tenants. People set them and never get a value back; runners get those of their tasks. */
@Singleton
public final class SecretStore {
    private final SecretRows rows;
    private final Keys keys;
    private final Seal seal = new Seal();

    SecretStore(SecretRows rows, Keys keys) {
        this.rows = rows;
        this.keys = keys;
    }

    /** In place of the value, and of the hosts, that it had. */
    public SecretInfo set(Caller caller, String name, SetSecret given) {
        GivenSecret checked = GivenSecret.checked(name, given);
        WrappingKey key = keys.toSeal();
        byte[] sealed = seal.close(key, new SealedFor(caller.tenant(), name, checked.hosts()), checked.value());
        return info(rows.put(caller, checked, sealed, key.id()));
    }

    public SecretList list(Caller caller) {
        return SecretList.newBuilder()
                .addAllSecrets(
                        rows.all(caller.tenant()).stream().map(this::info).toList())
                .setKeySource(keys.source())
                .build();
    }

    /** @throws BelayException E_NOT_FOUND */
    public SecretInfo remove(Caller caller, String name) {
        return Optional.of(name)
                .filter(SecretText::isName)
                .flatMap(named -> rows.remove(caller.tenant(), named))
                .map(this::info)
                .orElseThrow(() -> BelayException.of(
                        ErrorCode.E_NOT_FOUND,
                        "there is no such secret",
                        "the controller has none of yours with this name",
                        "belay secret list"));
    }

    /** Those of {@code names} that are set, by name; none of them is opened. */
    public Map<String, KnownSecret> known(String tenant, Collection<String> names) {
        return rows.named(tenant, names).stream()
                .map(row -> new KnownSecret(row.name(), patterns(row), fault(row)))
                .collect(Collectors.toMap(KnownSecret::name, Function.identity()));
    }

    /**
     * Those of {@code names} that are set, for a runner.
     *
     * @throws BelayException E_NO_KEY where one of them cannot be opened
     */
    public List<OpenSecret> open(String tenant, Collection<String> names) {
        return names.isEmpty()
                ? List.of()
                : rows.named(tenant, names).stream().map(this::opened).toList();
    }

    private OpenSecret opened(SealedSecret row) {
        WrappingKey key = keys.withId(row.keyId()).orElseThrow(() -> withoutKey(row));
        return seal.open(key, row.purpose(), row.sealed())
                .map(value -> new OpenSecret(row.name(), value, row.hosts()))
                .orElseThrow(() -> closed(
                        row,
                        "it was sealed for another tenant, name or list of hosts, or was changed in the database"));
    }

    private Optional<BelayException> fault(SealedSecret row) {
        return keys.withId(row.keyId()).isPresent() ? Optional.empty() : Optional.of(withoutKey(row));
    }

    private BelayException withoutKey(SealedSecret row) {
        return closed(row, "this controller has " + keys.inWords());
    }

    /** A key is missing or is not its own: what a person can do is to bring it, or to set the value again. */
    private BelayException closed(SealedSecret row, String why) {
        return BelayException.of(
                ErrorCode.E_NO_KEY,
                "the secret " + row.name() + " cannot be opened",
                "the controller: its value was sealed with the key " + row.keyId() + "; " + why,
                "belay secret set " + row.name() + " …, or name that key in BELAY_SECRETS_KEY of the controller");
    }

    private static List<HostPattern> patterns(SealedSecret row) {
        return row.hosts().stream().flatMap(host -> pattern(host).stream()).toList();
    }

    /** One that another version wrote, or somebody in the database, leads nowhere. */
    private static Optional<HostPattern> pattern(String host) {
        try {
            return Optional.of(HostPattern.parse(host));
        } catch (PatternException notUnderstood) {
            return Optional.empty();
        }
    }

    private SecretInfo info(SealedSecret row) {
        return SecretInfo.newBuilder()
                .setName(row.name())
                .addAllHosts(row.hosts())
                .setSetAt(Timestamp.newBuilder()
                        .setSeconds(row.setAt().getEpochSecond())
                        .setNanos(row.setAt().getNano()))
                .setActor(row.actor())
                .setKey(row.keyId())
                .setReadable(fault(row).isEmpty())
                .build();
    }
}
