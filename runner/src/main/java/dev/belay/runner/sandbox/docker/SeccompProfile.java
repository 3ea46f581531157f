package dev.belay.runner.sandbox.docker;

import dev.belay.proto.json.Json;
import dev.belay.runner.sandbox.shared.ForbiddenCalls;
import dev.belay.runner.sandbox.shared.ForbiddenCalls.Call;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link ForbiddenCalls} as Docker takes it. Rules of one call are alternatives, conditions of one rule hold together. A
 * condition compares 64 bits where the kernel looks at 32: so each is made such that no upper half escapes it.
 *
 * <p>Of an ABI that is not in the list every call kills.
 */
final class SeccompProfile {
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private final List<Json> rules = new ArrayList<>();

    private SeccompProfile() {}

    static String json() {
        SeccompProfile profile = new SeccompProfile();
        profile.write();
        return Json.object()
                .put("defaultAction", "SCMP_ACT_ALLOW")
                .put("architectures", Json.array(List.of("SCMP_ARCH_X86_64")))
                .put("syscalls", new Json.Arr(profile.rules))
                .build()
                .print();
    }

    private void write() {
        for (Call call : ForbiddenCalls.ALWAYS) {
            refuse(call, ForbiddenCalls.EPERM);
        }
        refuse(ForbiddenCalls.CLONE3, ForbiddenCalls.ENOSYS);
        for (long bit = 1; bit <= ForbiddenCalls.CLONE_NEW_ANYTHING; bit <<= 1) {
            if ((ForbiddenCalls.CLONE_NEW_ANYTHING & bit) != 0) {
                refuse(ForbiddenCalls.CLONE, ForbiddenCalls.EPERM, masked(0, bit, bit));
            }
        }
        for (int family = 0; family < ForbiddenCalls.NETLINK; family++) {
            if (!ForbiddenCalls.FAMILIES.contains(family)) {
                refuse(ForbiddenCalls.SOCKET, ForbiddenCalls.EAFNOSUPPORT, compare(0, "SCMP_CMP_EQ", family));
            }
        }
        refuse(
                ForbiddenCalls.SOCKET,
                ForbiddenCalls.EAFNOSUPPORT,
                compare(0, "SCMP_CMP_EQ", ForbiddenCalls.NETLINK),
                compare(2, "SCMP_CMP_NE", 0));
        refuse(ForbiddenCalls.SOCKET, ForbiddenCalls.EAFNOSUPPORT, compare(0, "SCMP_CMP_GT", ForbiddenCalls.NETLINK));
        refuse(ForbiddenCalls.SOCKET_PAIR, ForbiddenCalls.EAFNOSUPPORT, compare(0, "SCMP_CMP_NE", ForbiddenCalls.UNIX));
        for (int request : ForbiddenCalls.TYPING) {
            refuse(ForbiddenCalls.IOCTL, ForbiddenCalls.EPERM, masked(1, LOW_HALF, request));
        }
        for (int request : ForbiddenCalls.ALLOCATING) {
            refuse(ForbiddenCalls.IOCTL, ForbiddenCalls.EOPNOTSUPP, masked(1, LOW_HALF, request));
        }
        refuse(
                ForbiddenCalls.ALLOCATE,
                ForbiddenCalls.EOPNOTSUPP,
                masked(1, ForbiddenCalls.KEEP_SIZE | ForbiddenCalls.PUNCH_HOLE, ForbiddenCalls.KEEP_SIZE));
    }

    private void refuse(Call call, int errno, Json... conditions) {
        rules.add(Json.object()
                .put("names", Json.array(List.of(call.name())))
                .put("action", "SCMP_ACT_ERRNO")
                .put("errnoRet", errno)
                .put("args", new Json.Arr(List.of(conditions)))
                .build());
    }

    private static Json compare(int argument, String how, long value) {
        return condition(argument, how, value, 0);
    }

    private static Json masked(int argument, long mask, long value) {
        return condition(argument, "SCMP_CMP_MASKED_EQ", mask, value);
    }

    private static Json condition(int argument, String how, long value, long second) {
        return Json.object()
                .put("index", argument)
                .put("value", value)
                .put("valueTwo", second)
                .put("op", how)
                .build();
    }
}
