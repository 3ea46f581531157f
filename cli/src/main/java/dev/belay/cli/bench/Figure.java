package dev.belay.cli.bench;

import java.util.Optional;

/**
 * One thing that is measured.
 *
 * @param name stable, for machines and for {@code --rows}
 * @param what for people
 * @param unit {@code ms}, {@code MB}, or {@code /s}
 * @param target nothing where nobody has promised a number
 */
record Figure(String name, String what, String unit, Optional<Target> target) {
    static Figure of(String name, String what, String unit, Target target) {
        return new Figure(name, what, unit, Optional.of(target));
    }

    static Figure withoutTarget(String name, String what, String unit) {
        return new Figure(name, what, unit, Optional.empty());
    }
}
