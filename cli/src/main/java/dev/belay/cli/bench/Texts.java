package dev.belay.cli.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What the bench brings along that is not Java. */
final class Texts {
    private Texts() {}

    static String of(String name) throws IOException {
        try (InputStream text = Texts.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new FileNotFoundException("this client was built without its " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
