package dev.belay.cli.server;

/** The version of this client, from its jar. */
public final class ClientVersion {
    private static final String UNPACKED = "0.1.0";

    private ClientVersion() {}

    public static String text() {
        String packaged = ClientVersion.class.getPackage().getImplementationVersion();
        return packaged == null ? UNPACKED : packaged;
    }
}
