package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import java.util.Collection;
import java.util.List;

/** How deeply a value is nested. */
final class Depth {
    private Depth() {}

    static boolean within(Json value, int levels) {
        Collection<Json> inner = switch (value) {
            case Json.Obj(var members) -> members.values();
            case Json.Arr(var items) -> items;
            default -> List.of();
        };
        return inner.isEmpty() || (levels > 0 && inner.stream().allMatch(item -> within(item, levels - 1)));
    }
}
