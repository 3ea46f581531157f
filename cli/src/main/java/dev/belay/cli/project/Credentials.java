package dev.belay.cli.project;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Files that look as if they held a secret. They go along only when the person tracks them. */
final class Credentials {
    private static final Set<String> NAMES = Set.of(
            ".env",
            ".envrc",
            ".netrc",
            "_netrc",
            ".git-credentials",
            ".pypirc",
            ".dockercfg",
            ".htpasswd",
            "credentials",
            ".vault-token",
            ".vault_token",
            "kubeconfig");
    private static final List<String> ENDINGS =
            List.of(".env", ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk", ".kdbx", ".kubeconfig");
    private static final List<String> BEGINNINGS = List.of(".env.", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519");
    private static final Set<String> SETTINGS = Set.of("credentials", "secret", "secrets");
    private static final Set<String> FORMATS = Set.of("json", "yaml", "yml", "toml", "env");
    private static final List<String> ACCOUNTS =
            List.of("client_secret", "service-account", "service_account", "serviceaccount");
    private static final Set<String> HARMLESS =
            Set.of(".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults");
    private static final List<String> HARMLESS_ENDINGS = List.of(".pub", ".example.env", ".sample.env");
    private static final List<String> TOKENS =
            List.of("_auth", "_password", "_authtoken", "npmauthtoken", "npmauthident");
    private static final int LARGEST = 64 * 1024;

    private Credentials() {}

    static boolean looksLikeOne(String name, Path file) {
        String plain = name.toLowerCase(Locale.ROOT);
        if (HARMLESS.contains(plain) || HARMLESS_ENDINGS.stream().anyMatch(plain::endsWith)) {
            return false;
        }
        int dot = plain.lastIndexOf('.');
        boolean settings =
                dot > 0 && SETTINGS.contains(plain.substring(0, dot)) && FORMATS.contains(plain.substring(dot + 1));
        boolean account = plain.endsWith(".json") && ACCOUNTS.stream().anyMatch(plain::startsWith);
        if (settings
                || account
                || NAMES.contains(plain)
                || ENDINGS.stream().anyMatch(plain::endsWith)
                || BEGINNINGS.stream().anyMatch(plain::startsWith)) {
            return true;
        }
        return (plain.equals(".npmrc") || plain.equals(".yarnrc.yml")) && holdsToken(file);
    }

    private static boolean holdsToken(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            String text = new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
            return TOKENS.stream().anyMatch(text::contains);
        } catch (IOException e) {
            // What cannot be looked into is not sent.
            return true;
        }
    }
}
