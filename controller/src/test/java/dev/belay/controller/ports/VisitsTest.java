package dev.belay.controller.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.Empty;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.Problem;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.Visit;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VisitsTest {
    private StartedController controller;
    private ScriptedRunner runner;
    private Task task;
    private Assignment assignment;

    @BeforeEach
    void start() {
        controller = StartedController.start();
        runner = controller.runner("r", 1);
        task = controller.submit();
        assignment = runner.begin();
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    /** A person's connection to a port, as a client makes it: both bodies at once. */
    private final class Person implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Person(int port) throws IOException {
            socket = new Socket("127.0.0.1", controller.httpPort());
            in = socket.getInputStream();
            write("POST /v1/tasks/" + task.getId() + "/ports/" + port
                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + controller.token()
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        private void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void says(String text) throws IOException {
            write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
        }

        void ends() throws IOException {
            write("0\r\n\r\n");
        }

        String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("cut after: " + line);
                }
                line.write(c);
            }
            return line.toString(StandardCharsets.ISO_8859_1).strip();
        }

        String head() throws IOException {
            String status = line();
            while (!line().isEmpty()) {}
            return status;
        }

        /** Until what listens has taken the connection. */
        Person isIn() throws IOException {
            assertThat(head()).startsWith("HTTP/1.1 200");
            assertThat(hears()).isEqualTo("\n");
            return this;
        }

        /** The next chunk; empty at the end. */
        String hears() throws IOException {
            int size = Integer.parseInt(line(), 16);
            String chunk = new String(in.readNBytes(size), StandardCharsets.UTF_8);
            line();
            return chunk;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Visit asked() {
        return runner.expect(BodyCase.VISIT).getVisit();
    }

    @Test
    void what_is_said_on_either_side_arrives_on_the_other_while_both_still_speak() throws Exception {
        try (Person person = new Person(5173)) {
            Visit visit = asked();
            assertThat(visit.getTask()).isEqualTo(task.getId());
            assertThat(visit.getEpoch()).isEqualTo(assignment.getEpoch());
            assertThat(visit.getPort()).isEqualTo(5173);
            ScriptedRunner.Carrying carrying = runner.carry(visit.getId()).listening(5173);

            person.isIn();
            for (int i = 0; i < 3; i++) {
                person.says("question " + i);
                assertThat(carrying.next().getData().toStringUtf8()).isEqualTo("question " + i);
                carrying.says("answer " + i);
                assertThat(person.hears()).isEqualTo("answer " + i);
            }
            person.ends();
            assertThat(carrying.next().hasEnd()).isTrue();
            carrying.says("after the end");
            assertThat(person.hears()).isEqualTo("after the end");
            carrying.says(Carried.newBuilder().setEnd(Empty.getDefaultInstance()));
            carrying.ends();
            assertThat(person.hears()).isEmpty();
            assertThat(carrying.end().getCode()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void what_listens_may_speak_first() throws Exception {
        try (Person person = new Person(22)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(22);
            carrying.says("220 ready");

            person.isIn();
            assertThat(person.hears()).isEqualTo("220 ready");
        }
    }

    @Test
    void a_person_who_goes_takes_the_runners_call_along() throws Exception {
        ScriptedRunner.Carrying carrying;
        try (Person person = new Person(5173)) {
            carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();
        }

        assertThat(carrying.end().getCode()).isEqualTo(Status.Code.OK);
        assertThat(asked().getOver())
                .as("said beside the call, whose end may wait behind what is not taken")
                .isTrue();
    }

    @Test
    void what_came_before_a_call_broke_is_still_heard() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            carrying.says("413 too large");
            carrying.ends();
            person.isIn();

            assertThat(person.hears()).isEqualTo("413 too large");
            assertThatThrownBy(person::hears).isInstanceOf(IOException.class).hasMessageContaining("cut");
        }
    }

    @Test
    void a_refusal_after_the_beginning_is_no_end() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();

            carrying.says(Carried.newBuilder().setFailed(Problem.newBuilder().setCode("E_INTERNAL")));

            assertThatThrownBy(person::hears).isInstanceOf(IOException.class).hasMessageContaining("cut");
        }
    }

    @Test
    void a_piece_that_is_larger_than_a_runner_sends_breaks_the_visit_off() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();

            carrying.says(Carried.newBuilder().setData(ByteString.copyFrom(new byte[OpenVisit.PIECE + 1])));

            assertThatThrownBy(person::hears).isInstanceOf(IOException.class).hasMessageContaining("cut");
        }
    }

    @Test
    void a_person_who_does_not_read_can_still_speak() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();
            byte[] much = new byte[OpenVisit.PIECE];
            for (int sent = 0; carrying.isReady() && sent < 4096; sent++) {
                carrying.says(Carried.newBuilder().setData(ByteString.copyFrom(much)));
            }

            person.says("I am still here");

            assertThat(carrying.next().getData().toStringUtf8()).isEqualTo("I am still here");
        }
    }

    @Test
    void a_controller_that_stops_ends_all_visits() throws Exception {
        try (Person person = new Person(5173)) {
            runner.carry(asked().getId()).listening(5173);
            person.isIn();

            controller.stop();

            assertThatThrownBy(person::hears).isInstanceOf(IOException.class).hasMessageContaining("cut");
        }
    }

    @Test
    void a_call_that_breaks_is_no_end_of_what_was_said() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();
            carrying.says("half of i");
            assertThat(person.hears()).isEqualTo("half of i");

            carrying.breaks();

            assertThatThrownBy(person::hears).isInstanceOf(IOException.class).hasMessageContaining("cut");
        }
    }

    @Test
    void what_the_runner_refuses_is_told_by_its_name() throws Exception {
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId());
            carrying.says(Carried.newBuilder()
                    .setFailed(Problem.newBuilder()
                            .setCode("E_NOT_FOUND")
                            .setTitle("nothing answers on port 5173 in the sandbox")));
            carrying.ends();

            assertThat(person.head()).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void what_listens_is_asked_of_the_runner() throws Exception {
        CompletableFuture<StartedController.Answer> answer =
                CompletableFuture.supplyAsync(() -> controller.get("/v1/tasks/" + task.getId() + "/ports"));
        Visit visit = asked();
        assertThat(visit.getPort()).isZero();

        runner.carry(visit.getId()).listening(3000, 5173).ends();

        assertThat(answer.get().json().get("listening").items())
                .extracting(port -> port.print())
                .containsExactly("3000", "5173");
    }

    @Test
    void another_runner_cannot_answer_for_the_one_that_was_asked() throws Exception {
        try (Person person = new Person(5173);
                ScriptedRunner other = controller.runner("other", 1)) {
            Visit visit = asked();

            ScriptedRunner.Carrying stolen = other.carry(visit.getId());

            assertThat(stolen.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            runner.carry(visit.getId()).listening(5173);
            person.isIn();
        }
    }

    @Test
    void a_visit_that_nobody_asked_for_is_refused() throws Exception {
        ScriptedRunner.Carrying carrying = runner.carry("v-00000000000000000000");

        assertThat(carrying.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void a_runner_that_goes_before_it_answers_is_not_waited_for() throws Exception {
        try (Person person = new Person(5173)) {
            asked();

            runner.close();

            assertThat(person.head()).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void a_runner_of_a_version_that_carries_nothing_is_not_waited_for() {
        runner.close();
        ScriptedRunner older = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r");
        try (older) {
            older.send(RunnerMessage.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setRunner("r")
                            .setBootId("boot")
                            .setProtocol(1)
                            .setSlots(1)
                            .addRunning(ScriptedRunner.runs(assignment)))
                    .build());
            older.expect(BodyCase.WELCOME);

            assertThat(controller.get("/v1/tasks/" + task.getId() + "/ports").code())
                    .isEqualTo(ErrorCode.E_SERVER_VERSION.name());
        }
    }

    @Test
    void another_controller_says_whose_runner_it_is() throws Exception {
        try (StartedController other = controller.another()) {
            StartedController.Answer asked = other.get("/v1/tasks/" + task.getId() + "/ports");

            assertThat(asked.status()).isEqualTo(421);
            assertThat(asked.code()).isEqualTo(ErrorCode.E_ELSEWHERE.name());
        }
    }

    @Test
    void a_task_at_rest_is_asked_for_where_a_command_may_run_in_it() throws Exception {
        runner.events(assignment, 3, ScriptedRunner.succeeded());
        try (Person person = new Person(5173)) {
            Visit visit = asked();

            assertThat(visit.getEpoch()).isZero();
            runner.carry(visit.getId()).listening(5173);
            person.isIn();
        }
    }

    @Test
    void a_task_in_the_queue_has_no_ports() {
        Task waiting = controller.submit();

        assertThat(controller.get("/v1/tasks/" + waiting.getId() + "/ports").code())
                .isEqualTo(ErrorCode.E_BUSY.name());
    }

    @Test
    void no_port_is_refused() {
        for (String port : new String[] {"0", "65536", "-1", "http"}) {
            assertThat(controller
                            .post("/v1/tasks/" + task.getId() + "/ports/" + port, "")
                            .status())
                    .as(port)
                    .isEqualTo(400);
        }
    }

    @Test
    void the_task_of_nobody_is_not_found() {
        assertThat(controller.get("/v1/tasks/t-zzzz/ports").code()).isEqualTo(ErrorCode.E_NO_SUCH_TASK.name());
    }

    @Test
    void a_person_who_does_not_read_holds_the_runner_back() throws Exception {
        byte[] much = new byte[64 << 10];
        Arrays.fill(much, (byte) 'x');
        try (Person person = new Person(5173)) {
            ScriptedRunner.Carrying carrying = runner.carry(asked().getId()).listening(5173);
            person.isIn();

            int sent = 0;
            while (carrying.isReady() && sent < 4096) {
                carrying.says(Carried.newBuilder().setData(ByteString.copyFrom(much)));
                sent++;
            }

            assertThat(sent).as("pieces of 64 KiB that were taken for nobody").isLessThan(4096);
        }
    }
}
