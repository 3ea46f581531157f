package dev.belay.controller.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.testing.TestPostgres;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.MappingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class RecordMapperTest {
    record Row(
            String id,
            int lastSeq,
            boolean diedInCall,
            @Nullable Instant stalledAt,
            List<String> weaker) {}

    record Refusing(int age) {
        Refusing {
            if (age < 0) {
                throw new IllegalArgumentException("not born yet");
            }
        }
    }

    private static final String URL = TestPostgres.freshDatabase();

    private static final String WHOLE =
            "select 't-1' as id, 7::bigint as last_seq, true as died_in_call, %s::timestamptz as stalled_at,"
                    + " array['disk','memory']::text[] as weaker";

    @Test
    void each_component_is_read_from_the_column_of_its_name() {
        assertThat(first(WHOLE.formatted("'2026-11-21T10:00:00Z'"), Row.class))
                .isEqualTo(new Row("t-1", 7, true, Instant.parse("2026-11-21T10:00:00Z"), List.of("disk", "memory")));
    }

    @Test
    void a_null_stays_null_where_the_component_can_hold_it() {
        assertThat(first(WHOLE.formatted("null"), Row.class).stalledAt()).isNull();
    }

    @Test
    void a_null_for_a_primitive_is_an_error_and_not_a_zero() {
        assertThatThrownBy(() -> first(WHOLE.formatted("null").replace("7::bigint", "null::bigint"), Row.class))
                .isInstanceOf(MappingException.class)
                .hasMessageContaining("last_seq");
    }

    @Test
    void a_component_without_a_column_is_an_error() {
        assertThatThrownBy(() -> first("select 't-1' as id", Row.class))
                .isInstanceOf(MappingException.class)
                .hasMessageContaining("last_seq");
    }

    @Test
    void what_a_record_refuses_is_told_as_it_says() {
        assertThatThrownBy(() -> first("select -1 as age", Refusing.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not born yet");
    }

    private static <R> R first(String sql, Class<R> type) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(URL);
        Jdbi jdbi = JdbiFactory.create(database);
        return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(type).first());
    }
}
