package dev.belay.runner.task;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.AddressRange;
import dev.belay.policies.network.Addresses;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses a sandbox can be led to. Public ones; of the others only what whoever runs this runner opened: a project
 * can name a host, and not what that name leads to inside somebody's network.
 */
public final class OpenedAddresses {
    private final List<AddressRange> opened;

    private OpenedAddresses(List<AddressRange> opened) {
        this.opened = List.copyOf(opened);
    }

    /** @param ranges of addresses, {@code 10.0.0.0/8,192.168.7.2}; may be empty */
    public static OpenedAddresses parse(String ranges) {
        List<AddressRange> all = new ArrayList<>();
        for (String range : ranges.split("[,\\s]+")) {
            if (!range.isEmpty()) {
                try {
                    all.add(AddressRange.parse(range));
                } catch (PatternException wrong) {
                    throw BelayException.of(
                                    ErrorCode.E_USAGE,
                                    "BELAY_REACHABLE is not a list of addresses",
                                    "the runner: " + wrong.getMessage(),
                                    wrong.fix())
                            .causedBy(wrong);
                }
            }
        }
        return new OpenedAddresses(all);
    }

    /** Why it is not dialled; nothing when it may be. */
    Optional<String> refused(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (opened.stream().anyMatch(range -> range.contains(bytes))) {
            return Optional.empty();
        }
        return Addresses.refused(bytes)
                .or(() -> isOwn(address) ? Optional.of("an address of the runner itself") : Optional.empty());
    }

    /** Unanswered is yes: whoever cannot say that it is another machine's does not dial it. */
    private static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unanswered) {
            return true;
        }
    }
}
