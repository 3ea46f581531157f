package dev.belay.policies.shell;

import java.util.Optional;

/**
 * A word of a command.
 *
 * @param raw as it stands in the line
 * @param literal what the command is given, where that is certain without running anything: no expansion, no pattern
 */
public record Word(String raw, Optional<String> literal) {}
