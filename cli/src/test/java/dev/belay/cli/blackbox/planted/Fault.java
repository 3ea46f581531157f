package dev.belay.cli.blackbox.planted;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** What somebody who writes Belay could get wrong, in one method of it. */
public enum Fault {
    /** A controller that takes what is written of a task by whoever ever held it. */
    NO_FENCING(
            "controller/events/TaskEdit",
            "lockHeld(",
            Rewriting.words("t.epoch = :epoch and t.runner = :runner", "t.epoch >= :epoch and :runner <> ''")),

    /** A controller that leaves a number out before each event. */
    SKIPPED_NUMBERS("controller/events/TaskEdit", "append(", Rewriting.twoForOne()),

    /** A controller that does not ask whether what is sent is later than what it has, and the next of it. */
    REPEATS_TAKEN(
            "controller/events/RunnerEvents",
            "append(Ldev/belay/controller/events/TaskEdit;",
            Rewriting.compared(1, 0)),

    /** A runner that sends all of a batch twice. */
    SENT_TWICE("runner/link/RecordSender", "sendBatch(", Rewriting.twice("forEach")),

    /** A runner that makes each call of the model's twice. */
    CALLED_TWICE("runner/agent/AgentLoop", "step(", Rewriting.twice("call")),

    /** A runner that goes on, however long it has not heard from the controller. */
    NEVER_OUT("runner/task/Tenure", "left(", Rewriting.instead(Fault::aDay)),

    /** A runner that goes on with what the controller tells it to end. */
    DEAF("runner/link/ControllerLink$Session", "kill(Ljava/lang/String;", Rewriting.instead(CodeBuilder::return_));

    final String owner;
    final String method;
    final Rewriting rewriting;

    /**
     * @param owner the class, below {@code dev/belay}
     * @param method how its name and descriptor begin
     */
    Fault(String owner, String method, Rewriting rewriting) {
        this.owner = "dev/belay/" + owner;
        this.method = method;
        this.rewriting = rewriting;
    }

    private static void aDay(CodeBuilder code) {
        code.loadConstant(1L)
                .invokestatic(
                        ClassDesc.of("java.time.Duration"),
                        "ofDays",
                        MethodTypeDesc.ofDescriptor("(J)Ljava/time/Duration;"))
                .areturn();
    }
}
