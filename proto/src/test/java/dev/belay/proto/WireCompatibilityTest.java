package dev.belay.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.belay.proto.v1.FleetStatus;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.SetSecret;
import dev.belay.proto.v1.Task;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the rules of COMPATIBILITY.md against the wire as it was recorded in wire-v1.txt. */
class WireCompatibilityTest {
    private static final List<FileDescriptor> FILES = List.of(
            Task.getDescriptor().getFile(),
            RunnerMessage.getDescriptor().getFile(),
            FleetStatus.getDescriptor().getFile(),
            SetSecret.getDescriptor().getFile());

    @Test
    void nothing_that_was_recorded_is_gone_or_changed() throws IOException {
        assertThat(present())
                .as("a recorded line that is missing is a broken wire")
                .containsAll(recorded());
    }

    @Test
    void everything_new_is_recorded() throws IOException {
        assertThat(recorded())
                .as("add the new lines to src/test/resources/wire-v1.txt")
                .containsAll(present());
    }

    @Test
    void enums_begin_with_unspecified_and_carry_their_prefix() {
        for (EnumDescriptor type :
                FILES.stream().flatMap(file -> file.getEnumTypes().stream()).toList()) {
            String prefix = type.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
            assertThat(type.getValues().getFirst().getName()).isEqualTo(prefix + "UNSPECIFIED");
            assertThat(type.getValues())
                    .allSatisfy(value -> assertThat(value.getName()).startsWith(prefix));
        }
    }

    private static Set<String> present() {
        Set<String> lines = new TreeSet<>();
        for (FileDescriptor file : FILES) {
            file.getMessageTypes().forEach(message -> add(message, lines));
            for (EnumDescriptor type : file.getEnumTypes()) {
                type.getValues()
                        .forEach(value -> lines.add(
                                "enum " + type.getName() + "." + value.getName() + " = " + value.getNumber()));
            }
            for (ServiceDescriptor service : file.getServices()) {
                for (MethodDescriptor method : service.getMethods()) {
                    lines.add("rpc " + service.getName() + "." + method.getName()
                            + " (" + (method.isClientStreaming() ? "stream " : "")
                            + method.getInputType().getName()
                            + ") returns (" + (method.isServerStreaming() ? "stream " : "")
                            + method.getOutputType().getName() + ")");
                }
            }
        }
        return lines;
    }

    private static void add(Descriptor message, Set<String> lines) {
        for (FieldDescriptor field : message.getFields()) {
            String type = switch (field.getJavaType()) {
                case MESSAGE -> field.getMessageType().getName();
                case ENUM -> field.getEnumType().getName();
                default -> field.getType().name().toLowerCase(Locale.ROOT);
            };
            lines.add("field " + message.getName() + "." + field.getName() + " = " + field.getNumber() + " "
                    + (field.isRepeated() ? "repeated " : "") + type
                    + (field.getRealContainingOneof() == null
                            ? ""
                            : " in " + field.getRealContainingOneof().getName()));
        }
        message.getNestedTypes().forEach(nested -> add(nested, lines));
    }

    private static Set<String> recorded() throws IOException {
        try (InputStream in = WireCompatibilityTest.class.getResourceAsStream("/wire-v1.txt")) {
            assertThat(in).as("wire-v1.txt").isNotNull();
            return new TreeSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList());
        }
    }
}
