package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A search from above a file that may not be read. */
@Timeout(60)
class GuardedSearchTest {
    private static final Guard GUARD = new Guard() {
        @Override
        public Optional<String> refuses(Intent intent) {
            return Optional.empty();
        }

        @Override
        public boolean hides(String path) {
            return path.startsWith("/workspace/private/");
        }

        @Override
        public boolean hidesAny() {
            return true;
        }
    };

    private final ConfinedHand confined = ConfinedHand.start();
    private final Toolbox tools = new Toolbox(confined.hand, ToolChoice.ALL, Editing.TEXT, GUARD);

    @BeforeEach
    void files_of_which_two_are_private() throws Exception {
        for (String name : new String[] {"private/key", "private/odd\nna\"me", "src/a.txt"}) {
            confined.hand.write("/workspace/" + name, "token of mine\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void end() throws Exception {
        confined.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"content", "files_with_matches", "count"})
    void its_lines_its_name_and_its_count_are_left_out(String mode) throws Exception {
        for (String multiline : new String[] {"true", "false"}) {
            ToolOutcome outcome = tools.call(new ToolCall("c", "Grep", (Json.Obj) Json.parse(
                    "{\"pattern\":\"token\",\"output_mode\":\"" + mode + "\",\"multiline\":" + multiline + "}")));

            assertThat(outcome.isError()).isFalse();
            assertThat(outcome.output()).contains("src/a.txt").doesNotContain("private");
        }
    }
}
