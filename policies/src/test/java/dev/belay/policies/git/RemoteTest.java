package dev.belay.policies.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.policies.network.RequestPattern;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteTest {
    @ParameterizedTest
    @CsvSource({
        "fetch https://git.example/acme/shop.git, fetch https://git.example/acme/shop.git",
        "fetch https://git.example/acme/shop, fetch https://git.example/acme/shop.git",
        "push https://GIT.Example.:443/acme/shop, push https://git.example/acme/shop.git",
        "push https://git.example:8443/a with GIT_TOKEN, push https://git.example:8443/a.git with GIT_TOKEN",
        "fetch https://git.example/a with T as x-access-token, fetch https://git.example/a.git with T",
        "fetch https://git.example/a with T as me@x.y+z-1, fetch https://git.example/a.git with T as me@x.y+z-1",
        "fetch https://[0:0::1]/a, fetch https://[::1]/a.git",
        "fetch https://[::1]:8443/a, fetch https://[::1]:8443/a.git",
        "fetch https://192.0.2.1/a/b/c/d, fetch https://192.0.2.1/a/b/c/d.git",
        "fetch https://git.example/~mona/a_b-c.d, fetch https://git.example/~mona/a_b-c.d.git",
        "fetch https://git.example/a.git.git, fetch https://git.example/a.git.git",
        "fetch https://b\u00fccher.example/a, fetch https://xn--bcher-kva.example/a.git",
    })
    void a_repository_has_one_spelling_which_is_read_again_as_the_same(String text, String plain)
            throws PatternException {
        Remote remote = Remote.parse(text);

        assertThat(remote).hasToString(plain);
        assertThat(Remote.parse(plain)).isEqualTo(remote);
        assertThat(HostPattern.parse(remote.hostAndPort()).oneHost()).contains(remote.host());
        for (String request : remote.requests()) {
            assertThat(RequestPattern.parse(request)).hasToString(request);
        }
        assertThat(remote.requests()).contains(remote.fetching());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://git.example/a",
                "pull https://git.example/a",
                "fetch http://git.example/a",
                "fetch git://git.example/a",
                "fetch HTTPS://git.example/a",
                "fetch https://git.example",
                "fetch https://git.example/",
                "fetch https:///a",
                "fetch https://git.example//a",
                "fetch https://git.example/a/",
                "fetch https://git.example/a//b",
                "fetch https://git.example/./a",
                "fetch https://git.example/a/../b",
                "fetch https://git.example/.git",
                "fetch https://git.example/a/.git",
                "fetch https://git.example/a%2fb",
                "fetch https://git.example/a?b",
                "fetch https://git.example/a#b",
                "fetch https://git.example/a*",
                "fetch https://git.example/a;b",
                "fetch https://git.example/a\\b",
                "fetch https://git.example/\u00e9",
                "fetch https://u@git.example/a",
                "fetch https://git.example/@a/b",
                "fetch https://*.example/a",
                "fetch https://git..example/a",
                "fetch https://git.example:/a",
                "fetch https://git.example:0/a",
                "fetch https://git.example:0443/a",
                "fetch https://git.example:65536/a",
                "fetch https://git.example:99999999999/a",
                "fetch https://::1/a",
                "fetch https://[::1/a",
                "fetch https://0x7f.1/a",
                "fetch https://git.example/a with",
                "fetch https://git.example/a with git_token",
                "fetch https://git.example/a as me",
                "fetch https://git.example/a with T as me:x",
                "fetch https://git.example/a with T as",
                "fetch https://git.example/a\n",
                "fetch  https://git.example/a",
            })
    void what_is_no_repository_is_refused_with_what_to_write(String text) {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> Remote.parse(text))
                .satisfies(refused -> {
                    assertThat(refused.getMessage()).isNotBlank();
                    assertThat(refused.fix()).isNotBlank();
                    assertThat(refused.at()).isBetween(0, text.length());
                });
    }

    @Test
    void a_path_is_as_long_as_a_rule_on_requests_can_be() throws PatternException {
        assertThat(Remote.parse("push https://git.example/" + "a".repeat(254)).requests())
                .hasSize(6)
                .allSatisfy(request -> assertThat(RequestPattern.parse(request)).hasToString(request));
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> Remote.parse("push https://git.example/" + "a".repeat(255)));
    }

    @Test
    void a_password_in_an_address_is_never_told() {
        for (String url : List.of(
                "https://swordfish@git.example/a",
                "https://u:swordfish@git.example/a",
                "https://u:sword/fish@git.example/a",
                "https://u:swordfish@x@git.example/a",
                "ssh://git:swordfish@git.example/a",
                "https://git.example/a?token=swordfish",
                "https://git.example/a#swordfish",
                "swordfish@git.example:a")) {
            assertThatExceptionOfType(PatternException.class)
                    .as(url)
                    .isThrownBy(() -> Remote.at(url, false, Optional.empty(), Remote.USUAL_USER))
                    .satisfies(refused ->
                            assertThat(refused.getMessage() + refused.fix()).doesNotContain("sword", "fish"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "git@git.example:acme/shop.git, write https://git.example/acme/shop.git",
        "ssh://git@git.example:2222/acme/shop.git, write https://git.example/acme/shop.git",
        "http://git.example/acme/shop, write https://git.example/acme/shop",
        "git.example/acme/shop, write https://git.example/acme/shop",
        "file:///srv/shop.git, write https://git.example/acme/shop.git",
        "../shop, write https://git.example/acme/shop.git",
    })
    void an_address_that_people_clone_from_otherwise_is_met_with_the_one_that_they_meant(String url, String fix) {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> Remote.at(url, false, Optional.empty(), Remote.USUAL_USER))
                .satisfies(refused -> assertThat(refused.fix()).isEqualTo(fix));
    }

    @ParameterizedTest
    @CsvSource({
        "/acme/shop/info/refs, true",
        "/acme/shop.git/info/refs, true",
        "/acme/shop.git/git-receive-pack, true",
        "/acme/shop, false",
        "/acme/shop.git, false",
        "/acme/shopping/info/refs, false",
        "/acme/shop.gitx/info/refs, false",
        "/acme/Shop/info/refs, false",
        "/x/acme/shop/info/refs, false",
    })
    void a_repository_holds_what_is_below_it_in_both_spellings(String path, boolean holds) throws PatternException {
        assertThat(Remote.parse("fetch https://git.example/acme/shop").holds(path))
                .isEqualTo(holds);
    }

    @Test
    void a_fetch_asks_for_two_things_and_a_push_for_one_more() throws PatternException {
        assertThat(Remote.parse("fetch https://git.example/a").requests())
                .containsExactly(
                        "GET git.example:443/a.git/info/refs",
                        "POST git.example:443/a.git/git-upload-pack",
                        "GET git.example:443/a/info/refs",
                        "POST git.example:443/a/git-upload-pack");
        assertThat(Remote.parse("push https://git.example/a").requests())
                .contains("POST git.example:443/a.git/git-receive-pack", "POST git.example:443/a/git-receive-pack");
    }

    @ParameterizedTest
    @CsvSource({
        "push https://git.example/a, fetch https://git.example/a.git with T, true",
        "push https://git.example/a, push https://git.example/a, true",
        "fetch https://git.example/a, fetch https://git.example/a with T as me, true",
        "fetch https://git.example/a, push https://git.example/a, false",
        "push https://git.example/a, push https://git.example/b, false",
        "push https://git.example/a, push https://git.example:8443/a, false",
        "push https://git.example/a, fetch https://git.example.org/a, false",
    })
    void one_that_is_pushed_to_covers_one_that_is_fetched_from(String one, String other, boolean covers)
            throws PatternException {
        assertThat(Remote.parse(one).covers(Remote.parse(other))).isEqualTo(covers);
    }

    @Test
    void whatever_is_written_is_a_repository_or_a_refusal() {
        Random random = new Random(5);
        String seed = "push https://git.example:8443/acme/shop.git with GIT_TOKEN as me";
        int read = 0;
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder(seed);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                int at = random.nextInt(text.length());
                text.replace(at, at + random.nextInt(2), "" + "/.:@ ?#%[]aZ1\n\u0000\u00e9".charAt(random.nextInt(16)));
            }
            try {
                Remote remote = Remote.parse(text.toString());
                assertThat(Remote.parse(remote.toString())).isEqualTo(remote);
                read++;
            } catch (PatternException refused) {
                assertThat(refused.fix()).isNotBlank();
            }
        }
        assertThat(read).isBetween(100, 4_500);
    }
}
