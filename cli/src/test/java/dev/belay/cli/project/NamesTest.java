package dev.belay.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git",
                ".GIT",
                ".Git",
                ".git.",
                ".git ",
                ".git. .",
                "git~1",
                "GIT~12",
                ".git:stream",
                "git~1.",
                ".g\u200cit",
                "\ufeff.git",
                "a\\.git",
                ".git\\hooks",
                ".git::$INDEX_ALLOCATION"
            })
    void a_name_that_some_system_takes_for_git_s_is_known(String name) {
        assertThat(TreeNames.isDotGit(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".gitignore", ".gitattributes", ".github", "git", "git~", "git~x", "a.git", ".git2", "x:.git", ""
            })
    void a_name_that_only_looks_alike_is_free(String name) {
        assertThat(TreeNames.isDotGit(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".env",
                ".env.local",
                "prod.env",
                ".envrc",
                "server.PEM",
                "a.key",
                "x.p12",
                "x.pfx",
                "x.jks",
                "x.keystore",
                "x.ppk",
                "x.kdbx",
                "id_rsa",
                "id_ed25519.bak",
                ".netrc",
                "_netrc",
                ".git-credentials",
                ".pypirc",
                ".dockercfg",
                ".htpasswd",
                "credentials",
                "credentials.json",
                "credentials.yml",
                "client_secret_1.json",
                "service-account.json",
                "serviceaccount-x.json",
                "secret.yaml",
                "secrets.toml",
                "secrets.env",
                ".vault-token",
                "kubeconfig",
                "dev.kubeconfig"
            })
    void a_name_of_a_secret_is_known(String name) {
        assertThat(Credentials.looksLikeOne(name, Path.of("/nonexistent"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id_rsa.pub", ".env.example", ".env.sample", ".env.template", "app.example.env", "environment.ts",
                "keyboard.c", "secrets.c", "credentials_test.go", "package.json", "monkey", "secret"
            })
    void a_harmless_name_is_free(String name) {
        assertThat(Credentials.looksLikeOne(name, Path.of("/nonexistent"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        ".npmrc,registry=https://r.example/,false",
        ".npmrc,//r.example/:_authToken=x,true",
        ".yarnrc.yml,npmAuthToken: x,true",
        ".yarnrc.yml,nodeLinker: node-modules,false"
    })
    void a_package_manager_s_settings_are_a_secret_when_they_hold_a_token(
            String name, String text, boolean secret, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);

        assertThat(Credentials.looksLikeOne(name, file)).isEqualTo(secret);
    }

    @Test
    void what_cannot_be_looked_into_counts_as_a_secret() {
        assertThat(Credentials.looksLikeOne(".npmrc", Path.of("/nonexistent/.npmrc")))
                .isTrue();
    }
}
