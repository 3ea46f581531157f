package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.MemoryPacks;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A queue of 100,000 tasks of ten tenants, of which all but the last few accept no weaker isolation: what a claim reads.
 * Before it are many of a model that no runner here can ask, behind it a few of one that some can.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongQueueTest {
    private static final int QUEUED = 100_000;
    private static final int TENANTS = 10;
    private static final int ACCEPTING = 5;
    private static final int ASKING = 5;
    private static final int UNASKED = 20_000;
    /** The driver keeps a statement prepared from its fifth time on, and the server its plan from the sixth. */
    private static final int OFTEN = 8;

    /** What needs no provider. */
    private static final List<String> ANY = List.of("''");

    private StartedController controller;

    @BeforeAll
    void fill() {
        controller = StartedController.start();
        String project = controller.project();
        controller.jdbi().useHandle(handle -> {
            handle.execute("insert into tenant select 'n' || i, 'eve' from generate_series(1, ?) i", TENANTS);
            handle.execute("insert into actor select 'n' || i, 'eve' from generate_series(1, ?) i", TENANTS);
            handle.createUpdate("""
                            insert into task (id, tenant, actor, project, idempotency_key, request_hash, name, prompt, mode,
                              model, script, script_name, base_commit, head_commit, branch, max_turns, timeout_seconds,
                              memory_mib, processes, accept_weaker, state, created_at, updated_at)
                            select 't-' || lpad((:unasked + i)::text, 20, '0'),
                              'n' || (1 + mod(:unasked + i, :tenants)), 'eve', :project, 'key-' || i, '', 'name',
                              'prompt', 'full',
                              case when i <= 0 then 'nobody/m-1' when i > :queued then 'acme/m-1' else 'script' end,
                              'model: script/1', 's.yaml', :base, '', '', 0, 0, 0, 0,
                              i > :queued - :accepting and i <= :queued, 'queued', now() + make_interval(secs => i),
                              now()
                            from generate_series(1 - :unasked, :queued + :asking) i
                            """)
                    .bind("tenants", TENANTS)
                    .bind("project", project)
                    .bind("base", MemoryPacks.BASE)
                    .bind("queued", QUEUED)
                    .bind("accepting", ACCEPTING)
                    .bind("unasked", UNASKED)
                    .bind("asking", ASKING)
                    .execute();
            handle.execute("analyze task");
        });
    }

    @AfterAll
    void stop() {
        controller.close();
    }

    /** @param read rows of tables, those too that were read and passed over; {@code touched} in pages */
    private record Cost(long given, long read, long touched) {}

    /** As often as makes the server keep a plan; the last time counts. */
    private Cost claim(boolean strong, List<String> providers, int places) {
        return controller.jdbi().withHandle(handle -> {
            handle.execute("prepare claim (float8, text[], boolean[], text[], int) as "
                    + Claims.FAIR
                            .replace(":avoid", "$1")
                            .replace(":runners", "$2")
                            .replace(":strong", "$3")
                            .replace(":providers", "$4")
                            .replace(":places", "$5"));
            Json plan = Json.NULL;
            for (int i = 0; i < OFTEN; i++) {
                plan = explained(handle, strong, providers, places);
            }
            handle.execute("deallocate claim");
            return new Cost(
                    plan.number("Actual Rows"),
                    read(plan),
                    plan.number("Shared Hit Blocks") + plan.number("Shared Read Blocks"));
        });
    }

    /** For one runner. */
    private static Json explained(Handle handle, boolean strong, List<String> providers, int places) {
        String plan = handle.createQuery("explain (analyze, buffers, format json) execute claim (30, array["
                        + every(providers, "'r'") + "], array[" + every(providers, String.valueOf(strong)) + "], array["
                        + String.join(", ", providers) + "], " + places + ")")
                .mapTo(String.class)
                .one();
        return Json.parse(plan).items().getFirst().get("Plan");
    }

    private static String every(List<String> providers, String value) {
        return String.join(", ", Collections.nCopies(providers.size(), value));
    }

    private static long read(Json node) {
        double own = node.get("Relation Name").isNull()
                ? 0
                : (node.decimal("Actual Rows") + node.decimal("Rows Removed by Filter")) * node.decimal("Actual Loops");
        return Math.round(own)
                + node.get("Plans").items().stream()
                        .mapToLong(LongQueueTest::read)
                        .sum();
    }

    /**
     * Of each tenant as many rows as there are places, once by the index of the queue and once by their ids, of those that
     * accept less as many again, which here are few, and the tenants: that is the bound, whatever the queue's length. A row
     * costs the way down an index or two, and is locked.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, Claims.MOST_AT_ONCE})
    void a_claim_reads_of_each_tenant_what_it_could_take_and_no_more(int places) {
        Cost cost = claim(true, ANY, places);

        int most = 2 * TENANTS * places + ACCEPTING + 2 * (TENANTS + 1);
        assertThat(cost.given()).isEqualTo(places);
        assertThat(cost.read()).isLessThanOrEqualTo(most).isLessThan(QUEUED / 10);
        assertThat(cost.touched()).isLessThanOrEqualTo(10L * most);
    }

    /** Without an index that has kinds this read all 100,000, each second. */
    @Test
    void what_no_free_runner_may_take_is_not_read_to_find_what_one_may() {
        Cost cost = claim(false, ANY, 2 * ACCEPTING);

        assertThat(cost.given()).isEqualTo(ACCEPTING);
        assertThat(cost.read()).isLessThanOrEqualTo(2 * ACCEPTING + 2 * (TENANTS + 1));
        assertThat(cost.touched()).isLessThanOrEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(ints = {ASKING, Claims.MOST_AT_ONCE})
    void a_model_behind_the_whole_queue_is_found_by_who_can_ask_it_and_by_nobody_else(int places) {
        Cost asked = claim(true, List.of("'acme'"), places);
        assertThat(asked.given()).isEqualTo(ASKING);
        assertThat(asked.read()).isLessThanOrEqualTo(2 * ASKING + 2 * (TENANTS + 1));

        Cost ofAnother = claim(true, List.of("'emca'"), places);
        assertThat(ofAnother.given()).isZero();
        assertThat(ofAnother.read()).isLessThanOrEqualTo(2 * (TENANTS + 1));

        assertThat(claim(false, List.of("'acme'"), places).given())
                .as("they accept no weaker isolation")
                .isZero();
    }
}
