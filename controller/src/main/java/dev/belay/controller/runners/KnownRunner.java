package dev.belay.controller.runners;

import java.util.List;

/** A runner with a session to this controller or another one. */
public interface KnownRunner {
    String name();

    String bootId();

    int slots();

    /** The isolation cells that are weaker there, each as {@code cell: what is so there}. */
    List<String> weaker();
}
