package dev.belay.runner.gateway;

import dev.belay.runner.secrets.Placeholder;
import dev.belay.runner.secrets.SecretValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Secrets of a task, each with the one host that it goes to. */
final class TestVault implements Vault {
    /** Taken back by removing it. */
    final Map<String, String> values = new ConcurrentHashMap<>();

    /** By path. */
    final Map<String, SignIn> signIns = new ConcurrentHashMap<>();

    /** Each name that was asked for. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    final AtomicInteger looked = new AtomicInteger();

    private final Map<String, String> hosts = new ConcurrentHashMap<>();
    private final Set<String> handedOut = ConcurrentHashMap.newKeySet();

    /** What stands for it. */
    String add(String name, String host, String value) {
        hosts.put(name, host);
        values.put(name, value);
        return Placeholder.of("7", name);
    }

    void handOut(String value) {
        handedOut.add(value);
    }

    @Override
    public List<Entry> entries(Target target) {
        return hosts.entrySet().stream()
                .map(entry -> new Entry(
                        entry.getKey(),
                        Placeholder.of("7", entry.getKey()),
                        entry.getValue().equals(target.host()),
                        entry.getValue()))
                .toList();
    }

    @Override
    public Optional<SecretValue> value(String name, Target target) {
        asked.add(name);
        Optional<String> value = Optional.ofNullable(values.get(name));
        value.ifPresent(handedOut::add);
        return value.map(SecretValue::new);
    }

    @Override
    public Optional<SignIn> signIn(Target target, String path) {
        return Optional.ofNullable(signIns.get(path));
    }

    @Override
    public List<SecretValue> known() {
        looked.incrementAndGet();
        return handedOut.stream().map(SecretValue::new).toList();
    }
}
