package dev.belay.proto.snapshot;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.NotCaptured;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What git's trees cannot hold, kept beside them as {@code meta.json}. Paths are raw and those of the merged view.
 *
 * @param directories those with nothing at all in them
 * @param fileModes where neither 644 nor 755
 * @param directoryModes where not 755
 */
public record Meta(
        NavigableSet<String> directories,
        SortedMap<String, Integer> fileModes,
        SortedMap<String, Integer> directoryModes,
        List<NotCaptured> notCaptured) {

    public static Meta gather() {
        return new Meta(new TreeSet<>(), new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    }

    public byte[] json() {
        List<Json> left = notCaptured.stream()
                .sorted(Comparator.comparing(NotCaptured::getPath))
                .map(one -> (Json) Json.object()
                        .put("path", one.getPath())
                        .put("why", one.getWhy())
                        .put("bytes", one.getBytes())
                        .put("files", one.getFiles())
                        .build())
                .toList();
        Json document = Json.object()
                .put("version", 1)
                .put(
                        "directories",
                        Json.array(directories.stream().map(Meta::written).toList()))
                .put("file_modes", modes(fileModes))
                .put("directory_modes", modes(directoryModes))
                .put("not_captured", new Json.Arr(left))
                .build();
        return (document.pretty() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public static Meta parse(byte[] json) {
        Json document = Json.parse(new String(json, StandardCharsets.UTF_8));
        Meta meta = gather();
        document.get("directories").items().forEach(path -> meta.directories.add(read(path.text())));
        modes(document.get("file_modes"), meta.fileModes);
        modes(document.get("directory_modes"), meta.directoryModes);
        for (Json one : document.get("not_captured").items()) {
            meta.notCaptured.add(NotCaptured.newBuilder()
                    .setPath(one.text("path"))
                    .setWhy(one.text("why"))
                    .setBytes(one.number("bytes"))
                    .setFiles(one.number("files"))
                    .build());
        }
        return meta;
    }

    private static Json modes(Map<String, Integer> modes) {
        Json.ObjectBuilder object = Json.object();
        modes.forEach((path, mode) -> object.put(written(path), Integer.toOctalString(mode)));
        return object.build();
    }

    private static void modes(Json object, Map<String, Integer> into) {
        if (object instanceof Json.Obj(var members)) {
            members.forEach((path, mode) -> into.put(read(path), Integer.parseInt(mode.text(), 8)));
        }
    }

    /** UTF-8 as it is; after a NUL, which no name holds, bytes that are none, one char each. */
    private static String written(String raw) {
        String text = new String(RawNames.bytes(raw), StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), RawNames.bytes(raw)) ? text : "\0" + raw;
    }

    private static String read(String written) {
        return written.startsWith("\0") ? written.substring(1) : RawNames.raw(written.getBytes(StandardCharsets.UTF_8));
    }
}
