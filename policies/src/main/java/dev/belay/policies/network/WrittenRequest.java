package dev.belay.policies.network;

import dev.belay.policies.Verdict;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request as people write one: {@code GET https://api.example.com/user}. */
public record WrittenRequest(String method, HostName host, int port, String target) {
    private static final Pattern WRITTEN = Pattern.compile(
            "(?<method>[^ ]+) (?<scheme>https?)://(?<host>\\[[0-9A-Fa-f:.]+]|[^/?#@:\\[\\] ]+)(?::(?<port>[1-9][0-9]{0,4}))?"
                    + "(?<target>/[^ #]*)?",
            Pattern.CASE_INSENSITIVE);

    private static final int MOST_PORT = 65_535;

    public static Optional<WrittenRequest> parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        String port = written.group("port");
        int usual = written.group("scheme").toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
        int asked = port == null ? usual : Integer.parseInt(port);
        String target = written.group("target");
        return asked > MOST_PORT
                ? Optional.empty()
                : HostName.of(written.group("host"))
                        .map(host -> new WrittenRequest(
                                written.group("method"), host, asked, target == null ? "/" : target));
    }

    /** @param grants whether these rules allow, so that nothing else may; or take away, from a host that is open */
    public Verdict judge(RequestRules rules, boolean grants) {
        return grants ? rules.judge(host.text(), port, method, target) : rules.judgeAlone(host, port, method, target);
    }
}
