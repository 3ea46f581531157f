package dev.belay.cli.project;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Files that look as if they held a secret. They go along only when the person tracks them. */
final class Credentials {
    private static final Pattern NAME =
            Pattern.compile("\\.env|\\.env\\..+|.+\\.env|\\.envrc|.+\\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx)"
                    + "|id_(rsa|dsa|ecdsa|ed25519).*|[._]netrc|\\.git-credentials|\\.pypirc|\\.dockercfg|\\.htpasswd"
                    + "|credentials(\\.json|\\.ya?ml|\\.toml)?|client_secret.*\\.json|service[-_]?account.*\\.json"
                    + "|secrets?\\.(json|ya?ml|toml|env)|\\.vault[-_]token|kubeconfig|.+\\.kubeconfig");
    private static final Pattern HARMLESS =
            Pattern.compile(".+\\.pub|\\.env\\.(example|sample|template|dist|defaults)|.+\\.(example|sample)\\.env");
    private static final Pattern TOKEN = Pattern.compile("_auth|_password|_authtoken|npmauthtoken|npmauthident");
    private static final int LARGEST = 64 * 1024;

    private Credentials() {}

    static boolean looksLikeOne(String name, Path file) {
        String plain = name.toLowerCase(Locale.ROOT);
        if (HARMLESS.matcher(plain).matches()) {
            return false;
        }
        if (NAME.matcher(plain).matches()) {
            return true;
        }
        return (plain.equals(".npmrc") || plain.equals(".yarnrc.yml")) && holdsToken(file);
    }

    private static boolean holdsToken(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            String text = new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
            return TOKEN.matcher(text).find();
        } catch (IOException e) {
            // What cannot be looked into is not sent.
            return true;
        }
    }
}
