package dev.belay.policies.commands;

import dev.belay.policies.shell.ShellCommand;
import dev.belay.policies.shell.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs with subcommands: what stands between the two is left out, as in {@code git -C . push}. */
final class Subcommands {
    private static final Options NPM = Options.of(
            "--prefix -C -w --workspace --loglevel --registry --tag --otp --cache --userconfig --globalconfig --dir"
                    + " --filter -F --cwd --access --location --script-shell",
            "-s --silent -q -d -dd -ddd --quiet --verbose -g --global --workspaces -ws -y --yes --force -f --json -r"
                    + " --recursive --no-audit --no-fund --offline --ignore-scripts --if-present --dry-run");

    private static final Options KUBECTL = Options.of(
            "-n -s -v --namespace --context --kubeconfig --cluster --user --server"
                    + " --token --as --as-group --request-timeout"
                    + " --certificate-authority --client-key --client-certificate --cache-dir",
            "--insecure-skip-tls-verify --warnings-as-errors");

    private static final Map<String, Options> GLOBAL = Map.ofEntries(
            Map.entry("npm", NPM),
            Map.entry("pnpm", NPM),
            Map.entry("yarn", NPM),
            Map.entry("bun", NPM),
            Map.entry(
                    "make",
                    Options.of(
                            "-C -f -I -o -W --directory --file --makefile --include-dir --old-file" + " --what-if",
                            "-B -b -m -d -e -i -k -l -L -n -p -q -r -R -s -S -t -w --jobs --silent"
                                    + " --quiet --keep-going --always-make --dry-run")),
            Map.entry(
                    "gmake", Options.of("-C -f -I -o -W --directory --file --makefile", "-B -k -s -n --jobs --silent")),
            Map.entry(
                    "docker",
                    Options.of(
                            "-H --host -c --context --config -l --log-level --tlscacert --tlscert" + " --tlskey",
                            "-D --debug --tls --tlsverify")),
            Map.entry(
                    "podman",
                    Options.of("-c --connection --url --log-level --root --runroot --identity", "-r --remote")),
            Map.entry("kubectl", KUBECTL),
            Map.entry("helm", Options.of("-n --namespace --kube-context --kubeconfig", "--debug")),
            Map.entry("gh", Options.of("-R --repo", "")),
            Map.entry("glab", Options.of("-R --repo", "")),
            Map.entry(
                    "aws",
                    Options.of(
                            "--profile --region --output --endpoint-url --query --color --ca-bundle"
                                    + " --cli-read-timeout --cli-connect-timeout",
                            "--debug --no-paginate --no-verify-ssl --no-sign-request --no-cli-pager")),
            Map.entry("gcloud", Options.of("--project --account --configuration --format --verbosity", "-q --quiet")),
            Map.entry("az", Options.of("--subscription -o --output --query", "--debug --verbose")),
            Map.entry("terraform", Options.of("", "")),
            Map.entry(
                    "cargo",
                    Options.of(
                            "--config -C -Z --color --manifest-path",
                            "-q -v -vv --quiet --verbose --locked --offline --frozen")),
            Map.entry(
                    "pip",
                    Options.of(
                            "--proxy --retries --timeout --log --python --cache-dir",
                            "-q -v --quiet --verbose --isolated --no-input" + " --disable-pip-version-check")),
            Map.entry("apt", Options.of("-o -c -t", "-y -q -qq --yes --quiet")),
            Map.entry("apt-get", Options.of("-o -c -t", "-y -q -qq --yes --quiet")),
            Map.entry(
                    "systemctl",
                    Options.of(
                            "-H -M -t -p --host --machine --type --property", "-q --user --system --no-pager --now")));

    private static final Map<String, String> NPM_SYNONYMS = Map.of(
            "run-script", "run", "rum", "run", "urn", "run", "t", "test", "tst", "test", "i", "install", "x", "exec");

    /** npm completes what is the beginning of one of them. */
    private static final List<String> NPM_WORDS = List.of(
            "publish",
            "unpublish",
            "install",
            "run-script",
            "login",
            "token",
            "access",
            "owner",
            "deprecate",
            "adduser");

    private Subcommands() {}

    static List<Inner> inside(String name, ShellCommand command) {
        if (name.equals("git")) {
            return GitCommand.inside(command);
        }
        Options options = GLOBAL.get(name);
        List<Word> words = command.words();
        if (options == null || words.size() < 2) {
            return List.of();
        }
        boolean toolchain =
                name.equals("cargo") && OpenWord.beginning(words.get(1)).startsWith("+");
        List<Inner> inner = stripped(name, command, options, toolchain ? 2 : 1);
        if (name.equals("make") || name.equals("gmake")) {
            words.stream()
                    .skip(2)
                    .forEach(target -> inner.add(Inner.plainest(command, CommandText.named(name, List.of(target)))));
        }
        if (options == NPM) {
            inner.addAll(ofNpm(name, command));
        }
        return inner;
    }

    /** The command without the options in front of its subcommand, if there are any. */
    static List<Inner> stripped(String name, ShellCommand command, Options options, int from) {
        List<Word> words = command.words();
        var ends = options.ends(words, from);
        List<Inner> inner = new ArrayList<>();
        if (ends.size() > Options.MOST_ENDS) {
            inner.add(new Inner.Unclear("its options could be read in many ways"));
            return inner;
        }
        for (int end : ends) {
            if (end > 1 && end < words.size()) {
                inner.add(Inner.plainer(command, CommandText.named(name, words.subList(end, words.size()))));
            }
        }
        return inner;
    }

    private static List<Inner> ofNpm(String name, ShellCommand command) {
        List<Word> words = command.words();
        String said = words.get(1).literal().orElse("");
        List<Word> rest = words.subList(2, words.size());
        List<Inner> inner = new ArrayList<>();
        String synonym = NPM_SYNONYMS.get(said);
        if (synonym != null) {
            inner.add(Inner.plainer(command, CommandText.named(name, CommandText.named(synonym, rest))));
        }
        for (String word : NPM_WORDS) {
            if (name.equals("npm")
                    && said.length() > 2
                    && said.length() < word.length()
                    && word.startsWith(said)
                    && !said.equals("run")) {
                inner.add(Inner.plainer(command, CommandText.named(name, CommandText.named(word, rest))));
            }
        }
        boolean runs = said.equals("run")
                && !rest.isEmpty()
                && OpenWord.beginning(rest.getFirst()).startsWith("-");
        if (runs) {
            for (int end : NPM.ends(words, 2)) {
                if (end < words.size()) {
                    List<Word> script = CommandText.named("run", words.subList(end, words.size()));
                    inner.add(Inner.plainer(command, CommandText.named(name, script)));
                }
            }
        }
        boolean workspace = said.equals("workspace") && rest.size() > 1;
        if (workspace) {
            inner.add(Inner.plainer(command, CommandText.named(name, rest.subList(1, rest.size()))));
        }
        return inner;
    }
}
