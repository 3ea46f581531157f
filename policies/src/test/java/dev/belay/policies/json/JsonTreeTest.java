package dev.belay.policies.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTreeTest {
    /** Of two readers of one program, neither may see what the other does not. */
    @Test
    void it_reads_what_the_other_reader_of_json_reads_and_as_the_same() {
        Random random = new Random(41);
        String[] pieces = {
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"", "\\", "\\n", "\\u0041", "1", "0", "-", ".5", "e2",
            "true", "false", "null", " ", "\n", "\t", "\"a\":1", "[]", "{}", "é"
        };
        int read = 0;
        for (int round = 0; round < 150_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            Json expected = expected(text.toString());
            try {
                assertThat(json(JsonTree.read(text.toString())))
                        .as(text.toString())
                        .isEqualTo(expected);
                read++;
            } catch (JsonSyntaxException refused) {
                assertThat(expected).as(text.toString()).isEqualTo(new Json.Str("refused"));
                assertThat(refused.at()).isBetween(0, text.length());
            }
        }
        assertThat(read).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    {"a": [1, 2,], "b": {"c": 3 , },}; {"a": [1, 2], "b": {"c": 3}}
                    [1,,]; none
                    [,]; none
                    {,}; none
                    {"a",}; none
                    [1],; none
                    """)
    void a_comma_behind_the_last_value_is_read_where_its_program_reads_it(String text, String meant) throws Exception {
        assertThatThrownBy(() -> JsonTree.read(text)).isInstanceOf(JsonSyntaxException.class);
        if (meant.equals("none")) {
            assertThatThrownBy(() -> JsonTree.readWithLastCommas(text)).isInstanceOf(JsonSyntaxException.class);
        } else {
            assertThat(json(JsonTree.readWithLastCommas(text))).isEqualTo(Json.parse(meant));
        }
    }

    private static Json expected(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException refused) {
            return new Json.Str("refused");
        }
    }

    private static Json json(JsonNode node) {
        return switch (node) {
            case JsonNode.Text text -> new Json.Str(text.value());
            case JsonNode.Items items ->
                new Json.Arr(items.items().stream().map(JsonTreeTest::json).toList());
            case JsonNode.Members members -> {
                Map<String, Json> all = new LinkedHashMap<>();
                members.members().forEach(member -> all.put(member.key().value(), json(member.value())));
                yield new Json.Obj(all);
            }
            case JsonNode.Plain plain ->
                switch (plain.word()) {
                    case "null" -> Json.NULL;
                    case "true", "false" -> new Json.Bool(plain.word().equals("true"));
                    default -> new Json.Num(new BigDecimal(plain.word()));
                };
        };
    }
}
