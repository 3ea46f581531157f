package dev.belay.proto.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import dev.belay.proto.v1.Event;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of the messages, as the head of tasks.proto states it. Reading refuses names and enum values that it
 * does not know and says which, because a misspelt field that is passed over is a wish that is not granted.
 */
public final class ProtoJson {
    /** The kind of an event of a newer version, the member that has its bytes, and the word of an enum value of one. */
    private static final String UNKNOWN = "unknown";

    private ProtoJson() {}

    public static Json.Obj write(Message message) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof != null && !message.hasField(field)) {
                continue;
            }
            if (oneof != null && message instanceof Event) {
                members.put("kind", new Json.Str(kind(field.getName())));
            }
            members.put(field.getName(), field(message, field));
        }
        if (message instanceof Event event && event.getBodyCase() == Event.BodyCase.BODY_NOT_SET) {
            members.put("kind", new Json.Str(UNKNOWN));
            members.put(UNKNOWN, bytes(event.getUnknownFields().toByteString()));
        }
        return new Json.Obj(members);
    }

    /** `tool_call` → `tool.call`. */
    public static String kind(String oneofMember) {
        return oneofMember.replaceFirst("_", ".");
    }

    /** The kind of an event; {@code unknown} for one of a newer version. */
    public static String kind(Event event) {
        return event.getBodyCase() == Event.BodyCase.BODY_NOT_SET
                ? UNKNOWN
                : kind(event.getBodyCase().name().toLowerCase(Locale.ROOT));
    }

    private static Json field(Message message, FieldDescriptor field) {
        if (field.isRepeated()) {
            List<Json> items = new ArrayList<>();
            for (Object item : (List<?>) message.getField(field)) {
                items.add(scalar(field, item));
            }
            return new Json.Arr(items);
        }
        if (field.hasPresence() && !message.hasField(field)) {
            return Json.NULL;
        }
        return scalar(field, message.getField(field));
    }

    private static Json scalar(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case STRING -> new Json.Str((String) value);
            case BOOLEAN -> new Json.Bool((Boolean) value);
            case INT, LONG -> Json.of(((Number) value).longValue());
            case FLOAT, DOUBLE -> Json.of(((Number) value).doubleValue());
            case BYTE_STRING -> bytes((ByteString) value);
            case ENUM -> {
                EnumValueDescriptor constant = (EnumValueDescriptor) value;
                yield constant.getNumber() == 0 ? Json.NULL : new Json.Str(word(constant));
            }
            case MESSAGE ->
                value instanceof Timestamp time
                        ? new Json.Str(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                                .toString())
                        : write((Message) value);
        };
    }

    private static Json bytes(ByteString bytes) {
        return new Json.Str(Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }

    private static String word(EnumValueDescriptor constant) {
        // The library makes up a constant for a number that it does not know, and it stands in no list.
        if (constant.getIndex() < 0) {
            return UNKNOWN;
        }
        return constant.getName().substring(prefix(constant.getType()).length()).toLowerCase(Locale.ROOT);
    }

    private static String prefix(EnumDescriptor type) {
        return type.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
    }

    /** Reads {@code text} into a new message of the builder's type. */
    @SuppressWarnings("unchecked")
    public static <B extends Message.Builder> B read(String text, B builder) {
        return (B) read(Json.parse(text), builder, "");
    }

    private static Message.Builder read(Json json, Message.Builder builder, String path) {
        if (!(json instanceof Json.Obj(Map<String, Json> members))) {
            throw new JsonException(at(path) + "expected an object");
        }
        for (Map.Entry<String, Json> member : members.entrySet()) {
            FieldDescriptor field = builder.getDescriptorForType().findFieldByName(member.getKey());
            if (field == null) {
                if (builder.getDescriptorForType() == Event.getDescriptor() && isOfEvent(member, builder)) {
                    continue;
                }
                throw new JsonException(at(path) + "unknown field \"" + member.getKey() + "\"");
            }
            Json value = member.getValue();
            String here = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            if (value.isNull()) {
                continue;
            }
            if (field.isRepeated()) {
                if (!(value instanceof Json.Arr(List<Json> items))) {
                    throw new JsonException(at(here) + "expected an array");
                }
                for (Json item : items) {
                    builder.addRepeatedField(field, value(field, item, builder, here));
                }
            } else {
                builder.setField(field, value(field, value, builder, here));
            }
        }
        return builder;
    }

    /** A member of an event that is no field: its kind, or what a newer version wrote, which is kept. */
    private static boolean isOfEvent(Map.Entry<String, Json> member, Message.Builder event) {
        if (!member.getKey().equals(UNKNOWN)) {
            return member.getKey().equals("kind");
        }
        try {
            ByteString fields = member.getValue() instanceof Json.Str(String text) ? bytes(text) : null;
            if (fields == null) {
                throw new JsonException(UNKNOWN + ": not bytes");
            }
            event.mergeUnknownFields(UnknownFieldSet.parseFrom(fields));
            return true;
        } catch (InvalidProtocolBufferException malformed) {
            throw new JsonException(UNKNOWN + ": not fields");
        }
    }

    private static Object value(FieldDescriptor field, Json json, Message.Builder owner, String path) {
        Object value = switch (field.getJavaType()) {
            case STRING -> json instanceof Json.Str(String text) ? text : null;
            case BOOLEAN -> json instanceof Json.Bool(boolean bool) ? bool : null;
            case INT -> json instanceof Json.Num(BigDecimal number) ? integer(number) : null;
            case LONG -> json instanceof Json.Num(BigDecimal number) ? whole(number) : null;
            case DOUBLE -> json instanceof Json.Num(BigDecimal number) ? number.doubleValue() : null;
            case FLOAT -> json instanceof Json.Num(BigDecimal number) ? number.floatValue() : null;
            case BYTE_STRING -> json instanceof Json.Str(String text) ? bytes(text) : null;
            case ENUM -> json instanceof Json.Str(String text) ? constant(field.getEnumType(), text) : null;
            case MESSAGE ->
                field.getMessageType() == Timestamp.getDescriptor()
                        ? json instanceof Json.Str(String text) ? time(text) : null
                        : read(json, owner.newBuilderForField(field), path).build();
        };
        if (value == null) {
            throw new JsonException(at(path) + "not a value of this field: " + shortened(json.print()));
        }
        return value;
    }

    private static @Nullable Integer integer(BigDecimal number) {
        try {
            return number.intValueExact();
        } catch (ArithmeticException tooLarge) {
            return null;
        }
    }

    private static @Nullable Long whole(BigDecimal number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException tooLarge) {
            return null;
        }
    }

    private static @Nullable ByteString bytes(String text) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static @Nullable EnumValueDescriptor constant(EnumDescriptor type, String word) {
        EnumValueDescriptor constant = type.findValueByName(prefix(type) + word.toUpperCase(Locale.ROOT));
        return constant == null || constant.getNumber() == 0 ? null : constant;
    }

    private static @Nullable Timestamp time(String text) {
        try {
            Instant instant = Instant.parse(text);
            return Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
        } catch (DateTimeException notATime) {
            return null;
        }
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : path + ": ";
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
