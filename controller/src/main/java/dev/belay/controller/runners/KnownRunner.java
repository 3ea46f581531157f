package dev.belay.controller.runners;

import java.util.List;

/** A runner with a session to this controller or another one. */
public interface KnownRunner {
    String name();

    String bootId();

    int slots();

    /** Why it takes no new task now; empty when it does. */
    String takesNone();

    /** The isolation cells that are weaker there, each as {@code cell: what is so there}. */
    List<String> weaker();

    /** Whose models it can ask. */
    Offers offers();
}
