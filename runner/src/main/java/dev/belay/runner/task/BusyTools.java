package dev.belay.runner.task;

import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.agent.ToolsLostException;
import java.util.List;

/** Tells the gate what runs, so that a person who waits is told for what. */
final class BusyTools implements Tools {
    private final Tools tools;
    private final Gate gate;

    BusyTools(Tools tools, Gate gate) {
        this.tools = tools;
        this.gate = gate;
    }

    @Override
    public List<ToolSpec> specs() {
        return tools.specs();
    }

    @Override
    public ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException {
        gate.busyWith("the running " + call.tool() + " call to end");
        return tools.call(call);
    }

    @Override
    public String summary(ToolCall call) {
        return tools.summary(call);
    }
}
