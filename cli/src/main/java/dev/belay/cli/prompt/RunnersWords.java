package dev.belay.cli.prompt;

/** What a runner tells a model in place of what the log does not hold. They must be its words, letter by letter. */
final class RunnersWords {
    static final String NO_RESULT =
            "The call was interrupted and has no result. The files are as the last snapshot has them.";
    static final String NOT_KEPT =
            "The call came back, but what it did was lost with the runner before it was kept. The files are as the last"
                    + " snapshot has them, without it. Make the call again if it is still needed.";
    static final String TOO_LONG =
            "The call was not made: its input was too long to be kept when the task moved. Make it again.";
    static final String ANSWERED = "The call was not made: a person took the task up here, with what follows.";
    static final String NOT_MADE = "This call was not made.";
    static final String NO_OUTPUT = "(no output)";
    static final String GO_ON = "Go on.";
    static final String CHECK_FAILED =
            "You said that you are done. This project's check was run after your last change, and it does not pass:";
    static final String MEND =
            "Mend what it shows, and end when it passes. Do not weaken the check. If it cannot pass here for a reason that"
                    + " is not your work, end and say which.";
    static final String PRUNED =
            "An older result stood here and is no longer shown. Where it is needed, make the call again.";
    static final String SUMMARISED =
            "The first %d of your answers and their results are no longer shown. What people said is shown in full,"
                    + " and the files are as you left them. This is the summary that you wrote of the rest:\n\n"
                    + "%s";

    private RunnersWords() {}
}
