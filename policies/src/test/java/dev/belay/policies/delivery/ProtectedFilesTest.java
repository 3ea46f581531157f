package dev.belay.policies.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedFilesTest {
    @ParameterizedTest
    @CsvSource({
        ".github/workflows/ci.yml, PIPELINE",
        ".github/workflows/deep/er/ci.yml, PIPELINE",
        ".gitlab-ci.yml, PIPELINE",
        ".gitlab-ci.yaml, PIPELINE",
        "Jenkinsfile, PIPELINE",
        "Jenkinsfile.release, PIPELINE",
        "deploy/prod.Jenkinsfile, PIPELINE",
        "docs/CODEOWNERS, PIPELINE",
        ".husky/pre-commit, HOOK",
        ".pre-commit-config.yaml, HOOK",
        "lefthook.yml, HOOK",
        "tools/hooks/post-checkout, HOOK",
        ".claude/settings.json, AGENT",
        "CLAUDE.md, AGENT",
        ".claude/.env.example, AGENT",
        "AGENTS.md, AGENT",
        ".mcp.json, AGENT",
        ".belay/policy.yaml, AGENT",
        ".github/copilot-instructions.md, AGENT",
        ".vscode/tasks.json, EDITOR",
        "app.code-workspace, EDITOR",
        ".devcontainer/devcontainer.json, EDITOR",
        ".envrc, SHELL",
        ".env, SHELL",
        ".env.production, SHELL",
        ".zshrc, SHELL",
        ".npmrc, TOOLCHAIN",
        ".mvn/jvm.config, TOOLCHAIN",
        ".mvn/.env.sample, TOOLCHAIN",
        "gradle/wrapper/gradle-wrapper.properties, TOOLCHAIN",
        ".cargo/config.toml, TOOLCHAIN",
        ".gitmodules, GIT"
    })
    void whoever_would_run_or_obey_it_protects_it(String path, Protection protection) {
        assertThat(ProtectedFiles.among(List.of(path))).containsEntry(path, protection);
    }

    /** What some file system takes for {@code .github/workflows/x}, {@code .claude}, {@code .envrc}, {@code .mcp.json}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sub/project/.github/workflows/x",
                "vendor/lib/.claude/settings.json",
                ".GitHub/Workflows/x",
                ".github./workflows /x",
                ".github/workflows../x",
                ".git\u200chub/workflows/x",
                ".gith\u00adub/workflows/x",
                "\uff0egithub/workflows/x",
                ".github\\workflows\\x",
                "GITHUB~1/WORKFL~1/x",
                ".github::$INDEX_ALLOCATION/workflows/x",
                ".claude",
                ".CLAUDE/x",
                "CLAUDE~1/settings.json",
                "CL7D29~1/settings.json",
                ".envrc ",
                ".envrc::$DATA",
                "ENVRC~1",
                "MCP~1.JSO",
                ".v\u017fcode/tasks.json",
                "./.vscode/tasks.json"
            })
    void a_variant_of_its_name_is_protected_as_well(String path) {
        assertThat(ProtectedFiles.among(List.of(path))).containsKey(path);
    }

    /** A link of that name leads to files that have none of these names. */
    @ParameterizedTest
    @ValueSource(
            strings = {".github", "sub/.GitHub", ".github/workflows", ".gitlab", ".forgejo", ".config", "tools/hooks"})
    void what_stands_in_place_of_a_folder_of_protected_files_is_protected(String path) {
        assertThat(ProtectedFiles.among(List.of(path))).containsKey(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main.c",
                "README.md",
                ".gitignore",
                ".gitattributes",
                ".editorconfig",
                ".env.example",
                "sub/.env.sample",
                "github/workflows/x",
                "docs/.github-notes.md",
                ".github/ISSUE_TEMPLATE/bug.md",
                "src/hooks/useThing.ts",
                "src/hooks/update.ts",
                "hooks/precommit.md",
                "environment.rc",
                "claude.md.bak",
                "package.json",
                "pom.xml",
                "config",
                "src/config",
                "refs/list.md",
                "a~1.txt",
                "…"
            })
    void what_is_like_it_and_is_not_it_goes_through(String path) {
        assertThat(ProtectedFiles.among(List.of(path))).isEmpty();
    }

    @Test
    void a_folder_made_to_look_like_a_repository_is_protected_as_a_whole() {
        assertThat(ProtectedFiles.among(List.of(
                        "cache/x.git/HEAD", "cache/x.git/Config", "cache/x.git/objects/aa/bb", "cache/notes.md")))
                .containsOnlyKeys("cache/x.git/HEAD", "cache/x.git/Config", "cache/x.git/objects/aa/bb");
    }
}
