package dev.belay.runner.snapshot;

import java.util.List;

/**
 * A work tree in which git would do what its owner never asked for.
 *
 * @param plant makes it so, in a repository with a commit. {@code $RAN} is a file that must not come to be, {@code $H} a
 *     program that makes it, and {@code $OUT} a repository outside with a file {@code secret}
 * @param git what a person or a tool would type there; then {@code $RAN} is there, or the secret is printed
 */
public record HostileRepository(String name, String plant, String git) {
    private static final String COMMIT = "git commit -q --allow-empty -m x || :";

    public static final List<HostileRepository> ALL = List.of(
            config("core.fsmonitor", "$H", "git status"),
            config("core.sshCommand", "$H", "git fetch -q ssh://nowhere.invalid/x || :"),
            config("core.gitProxy", "$H", "git fetch -q git://nowhere.invalid/x || :"),
            config("core.editor", "$H", "git commit --allow-empty || :"),
            config("core.pager", "$H; cat", "script -qec 'git log' /dev/null"),
            config("core.askPass", "$H", "printf 'protocol=https\\nhost=x.invalid\\n\\n' | git credential fill || :"),
            config(
                    "credential.helper",
                    "!$H",
                    "printf 'protocol=https\\nhost=x.invalid\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill || :"),
            config("diff.external", "$H", "echo more >>a.txt; git diff"),
            config("alias.st", "!$H", "git st || :"),
            config("trailer.x.command", "$H", "echo | git interpret-trailers --trailer x=1"),
            new HostileRepository("gpg.program", "git config gpg.program $H; git config commit.gpgSign true", COMMIT),
            new HostileRepository("core.hooksPath", "mkdir h; cp $H h/pre-commit; git config core.hooksPath h", COMMIT),
            new HostileRepository("a hook of every name", """
                    for h in applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg
                      post-commit pre-rebase post-checkout post-merge pre-push pre-receive update proc-receive post-receive post-update
                      reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change; do
                      mkdir -p .git/hooks; cp $H .git/hooks/$h; done""".replace("\n  ", " \\\n  "), COMMIT),
            attribute("a clean filter", "filter", "filter.x.clean", "$H; cat", "echo n >n; git add n"),
            attribute("a smudge filter", "filter", "filter.x.smudge", "$H; cat", "rm a.txt; git checkout -q -- a.txt"),
            attribute("a filter process", "filter", "filter.x.process", "$H", "echo n >n; git add n || :"),
            attribute("a text conversion", "diff", "diff.x.textconv", "$H; cat", "echo more >>a.txt; git diff"),
            attribute("a difference command", "diff", "diff.x.command", "$H; :", "echo more >>a.txt; git diff"),
            attribute("a merge driver", "merge", "merge.x.driver", "$H; false", """
                    git checkout -q -b one; echo 1 >a.txt; git commit -qam 1; git checkout -q -b two HEAD~; echo 2 >a.txt;
                    git commit -qam 2; git merge -q one || :"""),
            new HostileRepository(
                    "an included file",
                    "printf '[core]\\n\\tfsmonitor = %s\\n' $H >inc; git config include.path ../inc",
                    "git status"),
            new HostileRepository(
                    "a file that is included on a branch",
                    "printf '[core]\\n\\tfsmonitor = %s\\n' $H >inc; git config includeIf.onbranch:main.path ../inc",
                    "git status"),
            new HostileRepository(
                    "settings of the work tree",
                    "git config extensions.worktreeConfig true; git config --worktree core.fsmonitor $H",
                    "git status"),
            new HostileRepository(
                    "a remote by a command",
                    "git config protocol.ext.allow always; git config remote.origin.url \"ext::$H\"",
                    "git fetch -q || :"),
            new HostileRepository(
                    "a remote with a program of its own",
                    "git config remote.origin.url $PWD; git config remote.origin.uploadpack $H",
                    "git fetch -q || :"),
            new HostileRepository(
                    "a branch that is an option",
                    "cp $H h; cp .git/refs/heads/main .git/refs/heads/--upload-pack=h",
                    "for b in $(ls .git/refs/heads); do PATH=$PWD:$PATH git fetch -q . \"$b\" || :; done"),
            new HostileRepository(
                    "a repository in the repository",
                    "git init -q n; git -C n config core.fsmonitor $H",
                    "cd n; git status"),
            new HostileRepository("a bare repository as a folder", """
                    mkdir b; cp -r .git/HEAD .git/objects .git/refs b; printf '[core]\\n\\trepositoryformatversion = 0\\n\\tworktree = ..\\n\\tfsmonitor = %s\\n' $H >b/config""", "cd b; git status"),
            new HostileRepository(
                    "a .git file to another place",
                    "mv .git $OUT/moved; git --git-dir=$OUT/moved config core.fsmonitor $H; echo gitdir: $OUT/moved >.git",
                    "git status"),
            new HostileRepository(
                    "a .git link to another place",
                    "mv .git $OUT/moved; git --git-dir=$OUT/moved config core.fsmonitor $H; ln -s $OUT/moved .git",
                    "git status"),
            new HostileRepository(
                    "a common directory elsewhere",
                    "cp -r .git $OUT/common; git --git-dir=$OUT/common config core.fsmonitor $H; echo $OUT/common >.git/commondir",
                    "git status"),
            new HostileRepository("a module that updates by a command", """
                    git init -q m; git -C m -c user.name=t -c user.email=t@t commit -q --allow-empty -m m; git -c advice.addEmbeddedRepo=false add m;
                    printf '[submodule \"m\"]\\n\\tpath = m\\n\\turl = ./m\\n' >.gitmodules; git add .gitmodules; git commit -qm m;
                    git -C m -c user.name=t -c user.email=t@t commit -q --allow-empty -m m2; git config submodule.m.url $PWD/m; git config submodule.m.update \"!$H\"""", "git submodule update || :"),
            new HostileRepository(
                    "alternates elsewhere",
                    "echo $OUT/.git/objects >.git/objects/info/alternates; cp $OUT/.git/refs/heads/main .git/refs/heads/main",
                    "git show main:secret"),
            new HostileRepository(
                    "a .git file to another repository",
                    "rm -rf .git; echo gitdir: $OUT/.git >.git",
                    "git show HEAD:secret"),
            new HostileRepository(
                    "a .git link to another repository", "rm -rf .git; ln -s $OUT/.git .git", "git show HEAD:secret"),
            new HostileRepository(
                    "objects behind a link",
                    "rm -rf .git/objects; ln -s $OUT/.git/objects .git/objects; cp $OUT/.git/refs/heads/main .git/refs/heads/main",
                    "git show main:secret"),
            new HostileRepository(
                    "packs behind a link",
                    "git -C $OUT repack -q -a -d; rm -rf .git/objects/pack; ln -s $OUT/.git/objects/pack .git/objects/pack; cp $OUT/.git/refs/heads/main .git/refs/heads/main",
                    "git show main:secret"),
            new HostileRepository(
                    "a work tree elsewhere", "git config core.worktree $OUT", "git add -A; git show :secret"));

    private static HostileRepository config(String key, String value, String git) {
        return new HostileRepository(key, "git config " + key + " \"" + value + "\"", git);
    }

    private static HostileRepository attribute(String name, String attribute, String key, String value, String git) {
        return new HostileRepository(
                name, "echo '* " + attribute + "=x' >.gitattributes; git config " + key + " \"" + value + "\"", git);
    }

    @Override
    public String toString() {
        return name;
    }
}
