package dev.belay.controller.database;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** How this program speaks SQL: records by column name, Java lists and arrays as SQL arrays. */
@Factory
public final class JdbiFactory {
    @Singleton
    Jdbi jdbi(Database database) {
        return create(database);
    }

    public static Jdbi create(Database database) {
        Jdbi jdbi = Jdbi.create(database.dataSource());
        jdbi.registerArrayType(String.class, "text");
        jdbi.registerArrayType(Integer.class, "int4");
        RowMapperFactory records = (type, config) -> type instanceof Class<?> row && row.isRecord()
                ? Optional.of(ConstructorMapper.of(row))
                : Optional.empty();
        jdbi.registerRowMapper(records);
        return jdbi;
    }
}
