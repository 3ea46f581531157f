package dev.belay.runner.secrets;

/** Text that nothing prints by accident. */
public final class SecretValue {
    private final String text;

    public SecretValue(String text) {
        this.text = text;
    }

    /** For the one place where it goes out. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "(a secret)";
    }
}
