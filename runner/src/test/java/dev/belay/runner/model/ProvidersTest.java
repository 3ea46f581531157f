package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvidersTest {
    @TempDir
    Path folder;

    @Test
    void those_that_people_have_keys_for_need_no_configuration() {
        Providers providers = Providers.from(Map.of());

        assertThat(providers.all()).extracting(Provider::name).containsExactly("anthropic", "gemini", "openai");
        assertThat(providers.named("openai").orElseThrow())
                .isEqualTo(new Provider(
                        "openai",
                        "responses",
                        URI.create("https://api.openai.com/v1"),
                        Optional.of("OPENAI_API_KEY"),
                        Map.of()));
    }

    @Test
    void a_variable_names_another_address() {
        Providers providers = Providers.from(Map.of("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/proxy/"));

        assertThat(providers.named("anthropic").orElseThrow().address())
                .isEqualTo(URI.create("http://127.0.0.1:9/proxy"));
    }

    @Test
    void a_file_adds_providers_and_prices() throws IOException {
        Path file = Files.writeString(folder.resolve("models.json"), """
                {"providers": {"office": {"wire": "chat", "address": "https://llm.example/v1",
                   "key_variable": "OFFICE_KEY", "headers": {"x-team": "search"}},
                   "ollama": {"wire": "chat", "address": "http://127.0.0.1:11434/v1"}},
                 "prices": {"office/large": {"input": 1, "output": 2}}}
                """);

        Providers providers = Providers.from(Map.of("BELAY_MODELS", file.toString()));

        assertThat(providers.all())
                .extracting(Provider::name)
                .isEqualTo(List.of("anthropic", "gemini", "office", "ollama", "openai"));
        assertThat(providers.named("office").orElseThrow().headers()).isEqualTo(Map.of("x-team", "search"));
        assertThat(providers.named("ollama").orElseThrow().keyVariable()).isEmpty();
        assertThat(providers.prices().known("office/large")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ | expected",
                "[] | it is no JSON object",
                "{\"provider\": {}} | unknown member provider; known are prices, providers",
                "{\"providers\": {\"Office\": {}}} | lower-case letters",
                "{\"providers\": {\"office\": 1}} | provider office: it is no object",
                "{\"providers\": {\"office\": {\"wire\": \"soap\"}}} | wire must be one of messages, responses, chat, gemini",
                "{\"providers\": {\"office\": {\"wire\": \"chat\"}}} | not an address",
                "{\"providers\": {\"office\": {\"wire\": \"chat\", \"address\": \"ftp://x\"}}} | not an address such as",
                "{\"providers\": {\"office\": {\"wire\": \"chat\", \"address\": \"https://a:b@x\"}}} | not an address such as",
                "{\"providers\": {\"office\": {\"wire\": \"chat\", \"address\": \"https://x\", \"key\": \"k\"}}} | unknown member key",
                "{\"providers\": {\"office\": {\"wire\": \"chat\", \"address\": \"https://x\", \"headers\": {\"Host\": \"y\"}}}} | the header Host cannot be sent",
            })
    void a_file_that_is_wrong_is_refused_with_its_place(String json, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("models.json"), json);

        assertThatThrownBy(() -> Providers.from(Map.of("BELAY_MODELS", file.toString())))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        wrong -> assertThat(wrong.why())
                                .startsWith(file.toString())
                                .containsIgnoringCase(why));
    }

    @Test
    void a_file_that_is_not_there_is_said() {
        assertThatThrownBy(() -> Providers.from(
                        Map.of("BELAY_MODELS", folder.resolve("absent").toString())))
                .isInstanceOfSatisfying(
                        BelayException.class, wrong -> assertThat(wrong.why()).contains("cannot be read"));
    }
}
