package dev.belay.policies.language;

/** What a clause speaks of, and so what its text is: a pattern of that kind. */
public enum Subject {
    /** A command line: {@code npm run test:*}. */
    COMMAND,
    /** A path that is read. */
    READ,
    /** A path that is changed, by whatever tool, and so what is delivered. */
    EDIT,
    /** A host, {@code *.example.com:443}. */
    HOST,
    /** Requests to a host: {@code GET,HEAD api.example.com/repos/acme/**}. */
    REQUEST,
    /** A secret on its way to a host: {@code NPM_TOKEN to registry.example as $NPM_TOKEN}. */
    SECRET,
    /** A git repository: {@code push https://git.example/acme/shop.git with GIT_TOKEN}. */
    REMOTE,
    /** A whole tool by its name; its text is the name. */
    TOOL
}
