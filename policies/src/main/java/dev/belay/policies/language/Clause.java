package dev.belay.policies.language;

/** One rule, whatever it was written in: a pattern of its subject, and what is done with what matches. */
public record Clause(Effect effect, Subject subject, String pattern, Origin origin) {}
