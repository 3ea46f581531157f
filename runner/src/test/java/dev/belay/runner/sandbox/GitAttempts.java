package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;

import java.util.List;

/** git inside, made to reach outside. {@code $REPO} is a repository there, {@code $BLOB} a file in it. */
final class GitAttempts {
    private static final String NEW =
            "export HOME=$PWD; git config --global safe.directory '*'; git init -q w && cd w && ";

    static final List<Attempt> ALL = List.of(
            at("host-files", "git clone of a repository outside", NEW + "git clone -q $REPO c"),
            at("host-files", "git clone by a file address", NEW + "git clone -q file://$REPO c"),
            at("host-files", "git fetch of a bundle's name outside", NEW + "git fetch -q $REPO HEAD"),
            at(
                    "host-files",
                    "git with alternates outside",
                    NEW + "echo $REPO/objects > .git/objects/info/alternates; git cat-file -p $BLOB"),
            at(
                    "host-files",
                    "git with a .git file to outside",
                    NEW + "rm -r .git; echo gitdir: $REPO > .git; git cat-file -p $BLOB"),
            at(
                    "host-files",
                    "git with a .git link to outside",
                    NEW + "rm -r .git; ln -s $REPO .git; git cat-file -p $BLOB"),
            at(
                    "host-files",
                    "git with a common directory outside",
                    NEW + "echo $REPO > .git/commondir; git cat-file -p $BLOB"),
            at(
                    "host-files",
                    "git with a work tree outside",
                    NEW + "git --git-dir=$PWD/.git --work-tree=\"${CANARY%/*}\" add -f $CANARY"),
            at(
                    "host-files",
                    "git with an included file outside",
                    NEW + "git config include.path $SETTINGS; git config belay.canary"),
            at("host-files", "git with an object of a file outside", NEW + "git hash-object -w $CANARY"),
            at(
                    "host-files",
                    "git with a difference to a file outside",
                    NEW + "git diff --no-index /dev/null $CANARY | grep -q +canary"),
            at(
                    "host-files",
                    "git with a message from outside",
                    NEW + "git -c user.name=t -c user.email=t@t commit -q --allow-empty -F $CANARY"),
            at(
                            "host-files",
                            "git with a patch to outside",
                            NEW
                                    + "printf -- '--- a/../../canary\\n+++ b/../../canary\\n@@ -1 +1 @@\\n-canary\\n+other\\n' > p; git apply --check --unsafe-paths --directory=\"${CANARY%/*}\" p || git apply --check --unsafe-paths p")
                    .control(
                            NEW
                                    + "printf 'canary\\n' > f; printf -- '--- a/f\\n+++ b/f\\n@@ -1 +1 @@\\n-canary\\n+other\\n' > p; git apply --check p"),
            at(
                    "host-files",
                    "git with a submodule outside",
                    NEW + "git -c protocol.file.allow=always submodule --quiet add $REPO sub"),
            at(
                    "host-files",
                    "git with a transport by a command",
                    NEW + "git -c protocol.ext.allow=always ls-remote \"ext::git upload-pack $REPO\""),
            at(
                    "host-files",
                    "git with an archive of a repository outside",
                    NEW + "git archive --remote=$REPO HEAD | grep -qa canary"),
            at("read-only-tree", "set git's settings for everybody", "test -w /etc/gitconfig || test -w /etc")
                    .control("test -w ."),
            at(
                            "read-only-tree",
                            "leave hooks for every new repository",
                            "test -w /usr/share/git-core/templates/hooks || test -w /usr/share/git-core/templates")
                    .control("test -w ."));

    private GitAttempts() {}
}
