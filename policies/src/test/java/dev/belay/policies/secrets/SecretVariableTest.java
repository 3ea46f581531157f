package dev.belay.policies.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretVariableTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PATH",
                "path",
                "HOME",
                "SHELL",
                "IFS",
                "ENV",
                "BASH_ENV",
                "BASH_FUNC_ls",
                "LD_PRELOAD",
                "ld_preload",
                "DYLD_INSERT_LIBRARIES",
                "GIT_DIR",
                "GIT_TOKEN_X",
                "GIT_CONFIG_COUNT",
                "SSH_ASKPASS",
                "NODE_OPTIONS",
                "NODE_USE_ENV_PROXY",
                "NODE_EXTRA_CA_CERTS",
                "JAVA_TOOL_OPTIONS",
                "_JAVA_OPTIONS",
                "JDK_JAVA_OPTIONS",
                "PYTHONPATH",
                "PERL5LIB",
                "PERL5OPT",
                "RUBYOPT",
                "http_proxy",
                "HTTPS_PROXY",
                "No_Proxy",
                "npm_config_https_proxy",
                "SSL_CERT_FILE",
                "SSL_CERT_DIR",
                "CURL_CA_BUNDLE",
                "REQUESTS_CA_BUNDLE",
                "PIP_CERT",
                "CARGO_HTTP_CAINFO",
                "AWS_CA_BUNDLE",
                "npm_config_cafile",
                "LC_ALL",
                "BELAY_TASK",
                "PAGER",
            })
    void what_something_else_reads_holds_no_secret(String variable) {
        assertThat(SecretVariable.isName(variable)).isTrue();
        assertThat(SecretVariable.taken(variable)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NPM_TOKEN",
                "NODE_AUTH_TOKEN",
                "GITHUB_TOKEN",
                "GIT_TOKEN",
                "GITLAB_TOKEN",
                "AWS_SECRET_ACCESS_KEY",
                "ENVIRONMENT_KEY",
                "PATHFINDER_TOKEN",
                "HOMEBREW_KEY",
                "LDAP_PASSWORD",
                "PROXY_TOKEN",
                "token",
                "_x",
            })
    void a_name_of_its_own_holds_one(String variable) {
        assertThat(SecretVariable.isName(variable)).isTrue();
        assertThat(SecretVariable.taken(variable)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1X", "a-b", "a b", "$A", "A=b", "A\n", "\u00c4", "A.B"})
    void what_no_shell_takes_for_one_is_no_variable(String text) {
        assertThat(SecretVariable.isName(text)).isFalse();
    }
}
