package dev.belay.controller.database;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** How this program speaks SQL: records by column name, Java lists and arrays as SQL arrays. */
@Factory
public final class JdbiFactory {
    @Singleton
    @Primary
    Jdbi jdbi(Database database) {
        return create(database.dataSource());
    }

    /** For what keeps runners alive. */
    @Singleton
    @Named("leases")
    Jdbi leases(Database database) {
        return create(database.leases());
    }

    public static Jdbi create(DataSource connections) {
        Jdbi jdbi = Jdbi.create(connections);
        jdbi.setTransactionHandler(new RetriedTransactions());
        jdbi.registerArrayType(String.class, "text");
        jdbi.registerArrayType(Integer.class, "int4");
        jdbi.registerArrayType(Long.class, "int8");
        jdbi.registerRowMapper(RecordMapper.factory());
        return jdbi;
    }
}
