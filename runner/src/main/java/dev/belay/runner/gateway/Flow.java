package dev.belay.runner.gateway;

/** Counts the bytes of a {@link Wire} and may hold them up. */
interface Flow {
    Flow UNCOUNTED = new Flow() {
        @Override
        public void leaving(int bytes) {
            // Of the sandbox itself.
        }

        @Override
        public void arrived(int bytes) {
            // Of the sandbox itself.
        }
    };

    /** Before they are written. */
    void leaving(int bytes) throws SpentException;

    /** After they were read, before anybody sees them. */
    void arrived(int bytes) throws SpentException;
}
