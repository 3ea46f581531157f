package dev.belay.runner.agent;

/** What says whether the work is done: a command of the project, or one that a person named. */
public interface Check {
    /** As a person would type it. */
    String command();

    /** Nobody named it: it was found in the project. What it needs may be missing then. */
    boolean detected();

    /** Runs it under the same confinement as the model's calls. It takes no longer than a bound of its own. */
    ToolOutcome run() throws ToolsLostException, InterruptedException;
}
