package dev.belay.cli.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Measures some figures together. A new row is a new round, named in {@link Bench}. */
interface Round {
    List<Figure> figures();

    /**
     * @return a reading for each of its figures
     * @throws IOException when a figure cannot be measured; the message says why
     */
    Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException;
}
