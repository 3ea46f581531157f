package dev.belay.policies.prose;

/** What is done with a thing that a permission names. */
enum Verb {
    READ,
    EDIT,
    DELETE,
    CREATE,
    ACCESS,
    RUN,
    /** Says of a command that it is run, and of anything else something that is no right. */
    USE,
    NET,
    PUSH,
    COMMIT,
    INSTALL
}
