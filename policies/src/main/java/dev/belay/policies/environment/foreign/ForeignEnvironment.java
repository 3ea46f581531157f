package dev.belay.policies.environment.foreign;

import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A kind of file by which another tool makes a project's machine ready; in the order in which they are looked for. */
public enum ForeignEnvironment {
    DEVCONTAINER("dev container", List.of(".devcontainer/devcontainer.json", ".devcontainer.json")) {
        @Override
        void read(Source source, NewEnvironment into) {
            new DevContainerReader(source, into).read();
        }
    },
    OPENHANDS("OpenHands set-up script", List.of(".openhands/setup.sh")) {
        @Override
        void read(Source source, NewEnvironment into) {
            new SetupScriptReader(source, into).read();
        }
    },
    CURSOR("Cursor environment", List.of(".cursor/environment.json")) {
        @Override
        void read(Source source, NewEnvironment into) {
            new CursorReader(source, into).read();
        }
    },
    COPILOT(
            "Copilot set-up steps",
            List.of(".github/workflows/copilot-setup-steps.yml", ".github/workflows/copilot-setup-steps.yaml")) {
        @Override
        void read(Source source, NewEnvironment into) {
            new WorkflowReader(source, into).read();
        }
    };

    public static final int MOST_BYTES = 256 << 10;

    private final String title;
    private final List<String> files;

    ForeignEnvironment(String title, List<String> files) {
        this.title = title;
        this.files = files;
    }

    abstract void read(Source source, NewEnvironment into);

    /** Never throws, whatever the source is. */
    public EnvironmentTranslation translate(Source source) {
        String text = source.text().startsWith("\ufeff") ? source.text().substring(1) : source.text();
        if (text.length() > MOST_BYTES) {
            return new EnvironmentTranslation(
                    "",
                    List.of(),
                    List.of(new Problem(
                            new Spot(source.file(), 0, 0),
                            "the file is larger than " + (MOST_BYTES >> 10) + " KiB",
                            "put long commands into a script of the project, and run that")));
        }
        NewEnvironment into = new NewEnvironment(source.file(), title);
        read(new Source(source.file(), text), into);
        return into.done();
    }

    public String title() {
        return title;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where its tool keeps it, as seen from the project's root. */
    public List<String> files() {
        return files;
    }

    /** By the name of the file: what is in it can look like anything. */
    public static Optional<ForeignEnvironment> of(String file) {
        return Arrays.stream(values())
                .filter(kind -> kind.files.stream().anyMatch(known -> known.equals(file) || isNamedSo(known, file)))
                .findFirst();
    }

    /** Also in another folder; {@code environment.json} and {@code setup.sh} alone say too little. */
    private static boolean isNamedSo(String known, String file) {
        String name = known.substring(known.lastIndexOf('/') + 1);
        boolean telling = name.contains("devcontainer") || name.contains("copilot");
        String end = telling ? name : known;
        return file.equals(end) || file.endsWith("/" + end);
    }
}
