package dev.belay.controller.database;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.mapper.ColumnMappers;
import org.jdbi.v3.core.mapper.MappingException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.qualifier.QualifiedType;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A row as a record: each component from the column of its name, {@code lastSeq} from {@code last_seq}. A component without
 * a column is an error, and so is a column's null where the component is a primitive.
 *
 * <p>What there is to know of a record's class is looked at once. {@link ConstructorMapper} looks at it, annotations and
 * all, for every statement, which cost more than the statement.
 */
final class RecordMapper<R> implements RowMapper<R> {
    private final Class<R> type;
    private final MethodHandle constructor;
    private final List<Component> components = new ArrayList<>();

    private record Component(String column, QualifiedType<?> type, boolean primitive) {}

    private RecordMapper(Class<R> type) {
        this.type = type;
        RecordComponent[] parts = type.getRecordComponents();
        Class<?>[] types = new Class<?>[parts.length];
        for (int i = 0; i < parts.length; i++) {
            types[i] = parts[i].getType();
            components.add(new Component(
                    column(parts[i].getName()), QualifiedType.of(parts[i].getGenericType()), types[i].isPrimitive()));
        }
        try {
            Constructor<R> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            constructor =
                    MethodHandles.lookup().unreflectConstructor(canonical).asSpreader(Object[].class, parts.length);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("a record has its canonical constructor: " + type, impossible);
        }
    }

    /** For every record. */
    static RowMapperFactory factory() {
        Map<Class<?>, RowMapper<?>> known = new ConcurrentHashMap<>();
        return (type, config) -> type instanceof Class<?> row && row.isRecord()
                ? Optional.of(known.computeIfAbsent(row, RecordMapper::new))
                : Optional.empty();
    }

    private static String column(String component) {
        return component.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public R map(ResultSet row, StatementContext context) throws SQLException {
        return specialize(row, context).map(row, context);
    }

    @Override
    public RowMapper<R> specialize(ResultSet rows, StatementContext context) throws SQLException {
        Map<String, Integer> columns = new HashMap<>();
        ResultSetMetaData described = rows.getMetaData();
        for (int i = described.getColumnCount(); i > 0; i--) {
            columns.put(described.getColumnLabel(i), i);
        }
        int count = components.size();
        int[] indexes = new int[count];
        ColumnMapper<?>[] mappers = new ColumnMapper<?>[count];
        for (int i = 0; i < count; i++) {
            Component component = components.get(i);
            Integer index = columns.get(component.column());
            if (index == null) {
                throw new MappingException("no column " + component.column() + " for " + type);
            }
            indexes[i] = index;
            mappers[i] = mapper(component, context.getConfig());
        }
        return (row, now) -> {
            Object[] values = new Object[count];
            for (int i = 0; i < count; i++) {
                values[i] = mappers[i].map(row, indexes[i], now);
                if (components.get(i).primitive() && row.wasNull()) {
                    throw new MappingException(
                            "null in column " + components.get(i).column() + " for " + type);
                }
            }
            return make(values);
        };
    }

    private static ColumnMapper<?> mapper(Component component, ConfigRegistry config) {
        return config.get(ColumnMappers.class)
                .findFor(component.type())
                .orElseThrow(() -> new MappingException("no way to read a column as " + component.type()));
    }

    @SuppressWarnings("unchecked")
    private R make(Object[] values) {
        try {
            return (R) constructor.invoke(values);
        } catch (RuntimeException | Error refused) {
            throw refused;
        } catch (Throwable refused) {
            throw new MappingException(type + " refuses its row", refused);
        }
    }
}
