package dev.belay.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Task;
import io.micronaut.http.HttpMethod;
import io.micronaut.web.router.Router;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A controller of this version lets in one tenant, but its tables may hold more. What another tenant has does not exist,
 * on any route: those here are asked of the router, so that a new one is tried as well.
 */
class TenantTest {
    private static StartedController controller;
    private static String task;
    private static String project;

    private static final String SECRET = "{\"value\":\"of-nobody-else\",\"hosts\":[\"a.example\"]}";

    /** A task that has run, its project and a secret, all given to another tenant. */
    @BeforeAll
    static void start() {
        controller = StartedController.start();
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task submitted = controller.submit();
            Assignment assignment = runner.begin();
            runner.events(assignment, 3, ScriptedRunner.snapshot("step", 1), ScriptedRunner.succeeded());
            controller.put("/v1/secrets/THEIRS", SECRET);
            task = submitted.getId();
            project = controller.project();
        }
        assertThat(controller.get("/v1/tasks/" + task).status()).isEqualTo(200);
        controller.jdbi().useTransaction(handle -> {
            handle.execute("insert into tenant (tenant, actor) values ('other', 'eve')");
            handle.execute("insert into actor (tenant, actor) values ('other', 'eve')");
            for (String table :
                    List.of("project", "task", "attempt", "event", "message", "snapshot", "operation", "secret")) {
                handle.execute("update " + table + " set tenant = 'other', actor = 'eve'");
            }
        });
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    record Route(HttpMethod method, String path) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static List<Route> routes(String below) {
        return controller
                .bean(Router.class)
                .uriRoutes()
                .map(route -> new Route(
                        route.getHttpMethod(),
                        route.getUriMatchTemplate().toPathString().replaceFirst("\\{\\?.*$", "")))
                .filter(route -> route.path().startsWith(below + "/{") && route.method() != HttpMethod.HEAD)
                .distinct()
                .toList();
    }

    static Stream<Route> ofTasks() {
        return routes("/v1/tasks").stream();
    }

    static Stream<Route> ofProjects() {
        return routes("/v1/projects").stream();
    }

    static Stream<Route> ofSecrets() {
        return routes("/v1/secrets").stream();
    }

    private static StartedController.Answer ask(Route route, String id) {
        String body = switch (route.path().substring(route.path().lastIndexOf('/'))) {
            case "/exec" -> "{\"argv\":[\"true\"]}";
            case "/messages" -> "{\"idempotency_key\":\"a-key-of-ours\",\"text\":\"hello\"}";
            case "/allow" -> "{\"idempotency_key\":\"a-key-of-ours\",\"hosts\":[\"a.example\"]}";
            case "/fork" -> "{\"idempotency_key\":\"a-key-of-ours\",\"prompt\":\"go on\"}";
            case "/{name}" -> SECRET;
            default -> "{}";
        };
        return controller.send(controller
                .request(route.path().replaceFirst("\\{[a-z]+}", id).replace("{port}", "5173"))
                .method(
                        route.method().name(),
                        route.method() == HttpMethod.GET ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    @Test
    void the_routes_are_those_of_the_api() {
        assertThat(ofTasks().map(Route::toString))
                .containsExactlyInAnyOrder(
                        "GET /v1/tasks/{id}",
                        "GET /v1/tasks/{id}/policy",
                        "POST /v1/tasks/{id}/policy/allow",
                        "GET /v1/tasks/{id}/events",
                        "POST /v1/tasks/{id}/cancel",
                        "GET /v1/tasks/{id}/snapshots",
                        "GET /v1/tasks/{id}/operations",
                        "POST /v1/tasks/{id}/rollback",
                        "POST /v1/tasks/{id}/revert",
                        "POST /v1/tasks/{id}/undo",
                        "POST /v1/tasks/{id}/redo",
                        "POST /v1/tasks/{id}/exec",
                        "GET /v1/tasks/{id}/ports",
                        "POST /v1/tasks/{id}/ports/{port}",
                        "POST /v1/tasks/{id}/messages",
                        "POST /v1/tasks/{id}/pause",
                        "POST /v1/tasks/{id}/resume",
                        "POST /v1/tasks/{id}/fork",
                        "GET /v1/tasks/{id}/diff",
                        "GET /v1/tasks/{id}/changes",
                        "GET /v1/tasks/{id}/pack");
        assertThat(ofProjects().map(Route::toString)).containsExactly("POST /v1/projects/{id}/packs");
        assertThat(ofSecrets().map(Route::toString))
                .containsExactlyInAnyOrder("PUT /v1/secrets/{name}", "DELETE /v1/secrets/{name}");
    }

    @ParameterizedTest
    @MethodSource("ofTasks")
    void another_tenants_task_does_not_exist(Route route) {
        for (String id : List.of(task, task.substring(2), task.substring(0, 6))) {
            StartedController.Answer answer = ask(route, id);

            assertThat(answer.status()).as(id).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("E_NO_SUCH_TASK");
            assertThat(answer.body()).doesNotContain("other").doesNotContain("eve");
        }
    }

    @ParameterizedTest
    @MethodSource("ofProjects")
    void another_tenants_project_does_not_exist(Route route) {
        assertThat(ask(route, project).code()).isEqualTo("E_NO_SUCH_PROJECT");
    }

    @ParameterizedTest
    @MethodSource("ofSecrets")
    void another_tenants_secret_is_neither_seen_nor_touched(Route route) {
        String before = theirSecret();

        StartedController.Answer answer = ask(route, "THEIRS");

        assertThat(theirSecret()).isEqualTo(before);
        assertThat(answer.body()).doesNotContain("other").doesNotContain("eve");
        assertThat(controller.delete("/v1/secrets/THEIRS").status())
                .as("what is there now is ours")
                .isEqualTo(answer.status());
        assertThat(controller.delete("/v1/secrets/THEIRS").code()).isEqualTo("E_NOT_FOUND");
    }

    private static String theirSecret() {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select secret::text from secret where tenant = 'other'")
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void another_tenants_secret_is_in_no_list() {
        assertThat(controller.get("/v1/secrets").body()).doesNotContain("THEIRS");
    }

    @Test
    void a_task_cannot_be_begun_in_another_tenants_project() {
        assertThat(controller.trySubmit(controller.submission()).code()).isEqualTo("E_NO_SUCH_PROJECT");
    }

    @Test
    void another_tenants_task_is_in_no_list_and_no_count() {
        assertThat(controller.get("/v1/tasks?all=true").body()).doesNotContain(task);
        double before = queued();
        controller
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update task set state = 'queued', finished_at = null, ack_until = null where id = ?", task));
        assertThat(queued()).isEqualTo(before);
    }

    private static double queued() {
        return controller.get("/v1/status").json().number("queued");
    }

    @Test
    void the_same_idempotency_key_in_another_tenant_is_another_key() {
        String key = controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select idempotency_key from task where id = :id")
                        .bind("id", task)
                        .mapTo(String.class)
                        .one());
        String ours = controller
                .post("/v1/projects", "{\"key\":\"/home/ada/work\",\"name\":\"work\"}")
                .json()
                .text("id");
        assertThat(ours).isNotEqualTo(project);

        Task submitted =
                controller.submit(controller.submission().setProject(ours).setIdempotencyKey(key));

        assertThat(submitted.getId()).isNotEqualTo(task);
        assertThat(submitted.getTenant()).isEqualTo("local");
    }
}
