package dev.belay.policies.secrets;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which variables may hold what stands for a secret: none that something else in the sandbox reads for its own ends. */
public final class SecretVariable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    /** @param names in capital letters; one that ends with a star stands for all that begin so */
    private record Kind(String why, Set<String> names, List<String> beginnings) {
        static Kind of(String why, String names) {
            List<String> all = List.of(names.split(" "));
            return new Kind(
                    why,
                    Set.copyOf(all.stream().filter(name -> !name.endsWith("*")).toList()),
                    all.stream()
                            .filter(name -> name.endsWith("*"))
                            .map(name -> name.substring(0, name.length() - 1))
                            .toList());
        }

        boolean has(String variable) {
            return names.contains(variable) || beginnings.stream().anyMatch(variable::startsWith);
        }
    }

    private static final List<Kind> TAKEN = List.of(
            Kind.of(
                    "the sandbox itself needs it",
                    "PATH HOME SHELL USER LOGNAME PWD OLDPWD TMPDIR TMP TEMP TERM LANG LANGUAGE LC_* TZ HOSTNAME UID"
                            + " NO_COLOR BELAY_*"),
            Kind.of(
                    "shells do what it says",
                    "IFS ENV BASH_* BASHOPTS SHELLOPTS PS4 PROMPT_COMMAND CDPATH GLOBIGNORE ZDOTDIR FPATH INPUTRC"),
            Kind.of("every program loads code by it", "LD_* DYLD_* GCONV_PATH LOCPATH"),
            Kind.of("git and ssh run programs by such variables", "GIT_* SSH_*"),
            Kind.of(
                    "a language loads code by it",
                    "NODE_OPTIONS NODE_PATH PYTHON* PERL5* PERLLIB RUBYOPT RUBYLIB JAVA_HOME JAVA_OPTS"
                            + " JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH MAVEN_OPTS MAVEN_ARGS"
                            + " GRADLE_OPTS GOFLAGS RUSTFLAGS RUSTC_WRAPPER PHPRC PHP_INI_SCAN_DIR LUA_INIT MAKEFLAGS"),
            Kind.of(
                    "programs start another program by it",
                    "EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN LESSCLOSE DOCKER_HOST"),
            Kind.of("programs find the gateway by it", "NODE_USE_ENV_PROXY"),
            Kind.of(
                    "programs know whom to trust by it",
                    "SSL_CERT_* CURL_* OPENSSL_* REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED"
                            + " PIP_CERT CARGO_HTTP_CAINFO AWS_CA_BUNDLE NPM_CONFIG_CAFILE DENO_CERT"));

    /** Begins as those do that git reads, and is none of them: people call so what they sign in with. */
    private static final String OF_NOBODY = "GIT_TOKEN";

    private SecretVariable() {}

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Why it may not, if so. Letter case is not looked at: of some both are read. */
    public static Optional<String> taken(String variable) {
        String upper = variable.toUpperCase(Locale.ROOT);
        if (upper.equals(OF_NOBODY)) {
            return Optional.empty();
        }
        return upper.endsWith("_PROXY")
                ? Optional.of("programs find the gateway by it")
                : TAKEN.stream().filter(kind -> kind.has(upper)).map(Kind::why).findFirst();
    }
}
