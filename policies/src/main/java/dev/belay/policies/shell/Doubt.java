package dev.belay.policies.shell;

/** It is not certain what a shell would do with the text; whoever asked gets {@link ShellParse.Unparsable}. */
final class Doubt extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int at;

    Doubt(String why, int at) {
        super(why, null, false, false);
        this.at = at;
    }

    ShellParse.Unparsable said() {
        return new ShellParse.Unparsable(String.valueOf(getMessage()), at);
    }
}
