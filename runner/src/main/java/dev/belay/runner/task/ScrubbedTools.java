package dev.belay.runner.task;

import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.agent.ToolsLostException;
import dev.belay.runner.secrets.Scrubber;
import java.util.List;
import java.util.function.Supplier;

/**
 * Nothing that a tool says goes to a model or into a log with a secret in it, however that came into the sandbox: the gateway
 * looks at answers, and this at everything.
 */
record ScrubbedTools(Tools tools, Supplier<Scrubber> scrubber) implements Tools {
    @Override
    public List<ToolSpec> specs() {
        return tools.specs();
    }

    @Override
    public ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException {
        ToolOutcome outcome = tools.call(call);
        Scrubber now = scrubber.get();
        return now.isEmpty()
                ? outcome
                : new ToolOutcome(
                        outcome.isError(),
                        outcome.exitCode(),
                        now.scrub(outcome.output()),
                        now.scrub(outcome.summary()),
                        outcome.outputBytes(),
                        outcome.timedOut());
    }

    @Override
    public String summary(ToolCall call) {
        return scrubber.get().scrub(tools.summary(call));
    }
}
