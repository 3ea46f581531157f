package dev.belay.policies.json;

import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import java.util.function.BiConsumer;

/** A file of another program that has to be one JSON object. */
public final class JsonFile {
    private static final int MAX_CHARACTERS = 256 << 10;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private JsonFile() {}

    /** Never throws, whatever the source is: what is no such object is a problem with its place. */
    public static Reading read(Source source, BiConsumer<Findings, Members> reader) {
        String text = source.text().startsWith(BYTE_ORDER_MARK) ? source.text().substring(1) : source.text();
        Places places = new Places(source.file(), text);
        Findings findings = new Findings(places);
        if (text.length() > MAX_CHARACTERS) {
            findings.problem(
                    places.wholeFile(), "the file is larger than " + (MAX_CHARACTERS >> 10) + " KiB", "shorten it");
            return findings.reading();
        }
        try {
            JsonNode root = JsonTree.read(text);
            if (root instanceof Members members) {
                reader.accept(findings, members);
            } else {
                findings.problem(root, "the file must be an object, not " + root.kind(), "begin it with {");
            }
        } catch (JsonSyntaxException broken) {
            findings.problem(places.of(broken.at()), String.valueOf(broken.getMessage()), broken.fix());
        }
        return findings.reading();
    }
}
