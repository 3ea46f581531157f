package dev.belay.controller.tasks;

/** On whose behalf something is done. Every query of a person's carries the tenant. */
public record Caller(String tenant, String actor) {}
