package dev.belay.runner.model.offline;

import java.util.OptionalInt;

/** One way in which a service can fail its client. */
public sealed interface Fault {

    /** It answers with an error, in its wire's own shape. */
    sealed interface Refusing extends Fault {
        /** @param retryAfter seconds */
        record Status(int status, OptionalInt retryAfter) implements Refusing {
            public Status {
                if (status < 400 || status > 599) {
                    throw new IllegalArgumentException("a status from 400 to 599 was expected, and not " + status);
                }
            }

            public Status(int status) {
                this(status, OptionalInt.empty());
            }
        }

        /** The conversation is longer than the model can read. */
        record TooLong() implements Refusing {}

        /** Nothing is left to spend: 402, 429 or another, as the service really has it. */
        record NoQuota() implements Refusing {}

        /** A key that the service does not know: 401 or 400, as the service really has it. */
        record BadKey() implements Refusing {}
    }

    /** It does not answer as a model's service does. */
    sealed interface Foreign extends Fault {
        /** Never a byte; the connection stays until the client or the server ends. */
        record Silence() implements Foreign {}

        /** The connection ends before any byte. */
        record Closed() implements Foreign {}

        record Redirect(String location) implements Foreign {}

        /** What stands before the service answers: 502, in HTML. */
        record Html() implements Foreign {}

        /** A whole answer where a stream was asked for. */
        record Unstreamed() implements Foreign {}
    }

    /** The stream of a good answer goes wrong. An answer that was not asked to stream is not touched. */
    sealed interface Streaming extends Fault {
        /** The connection ends. */
        record CutAfterEvents(int events) implements Streaming {
            public CutAfterEvents {
                counted(events);
            }
        }

        /** The connection ends. */
        record CutAfterBytes(int bytes) implements Streaming {
            public CutAfterBytes {
                counted(bytes);
            }
        }

        /** The service says that it is overloaded, and nothing more. */
        record ErrorAfter(int events) implements Streaming {
            public ErrorAfter {
                counted(events);
            }
        }

        /** The event after so many is no JSON; the others are as ever. */
        record MalformedAfter(int events) implements Streaming {
            public MalformedAfter {
                counted(events);
            }
        }

        /** Nothing more comes, and the connection stays. */
        record SilenceAfter(int events) implements Streaming {
            public SilenceAfter {
                counted(events);
            }
        }

        /** The first piece comes again and again, until the client has had enough. */
        record Endless() implements Streaming {}
    }

    /** The stream is whole, and what the model says is not as it should be. */
    sealed interface Speaking extends Fault {
        /** It ends at the length limit. */
        record LengthLimit() implements Speaking {}

        /** The model declines. */
        record Declined() implements Speaking {}

        /** The service's own filter ends the answer. */
        record Filtered() implements Speaking {}

        /** The arguments of the first call have so many MiB. A turn without calls is not touched. */
        record BigArguments(int mebibytes) implements Speaking {
            public static final int MOST = 64;

            public BigArguments {
                if (mebibytes < 1 || mebibytes > MOST) {
                    throw new IllegalArgumentException(
                            "MiB from 1 to " + MOST + " were expected, and not " + mebibytes);
                }
            }
        }

        /** The arguments of the first call are no JSON. A turn without calls is not touched. */
        record BrokenArguments() implements Speaking {}

        /** The tool of the first call is written in another case. A turn without calls is not touched. */
        record WrongCase() implements Speaking {}
    }

    private static void counted(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("a number from 0 was expected, and not " + number);
        }
    }
}
