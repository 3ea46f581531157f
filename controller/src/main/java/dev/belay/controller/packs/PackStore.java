package dev.belay.controller.packs;

import dev.belay.proto.v1.PackStored;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Keeps packs as immutable blobs. What was answered as stored is verified, bounded, and on disk. */
public interface PackStore {
    /**
     * Verifies and stores. Idempotent: the same bytes in the same scope are stored once.
     *
     * @param sha256 what the bytes must hash to, when the sender said it
     * @throws dev.belay.proto.error.BelayException E_PACK_REFUSED, with nothing stored
     */
    PackStored put(Scope scope, InputStream bytes, Optional<String> sha256) throws IOException;

    /** @throws dev.belay.proto.error.BelayException E_NO_SUCH_PACK when this scope has no such pack */
    InputStream open(Scope scope, String sha256) throws IOException;

    long size(Scope scope, String sha256) throws IOException;

    /** Those of {@code commits} that are in the project with their whole history and trees. */
    List<String> held(Scope project, List<String> commits) throws IOException;

    /**
     * Lets {@code to} have packs of {@code from}, a task of the same project, for good: what becomes of the one's is not
     * felt by the other.
     */
    void lend(Scope from, Scope to, List<String> packs) throws IOException;

    /** Tells this store from another one. */
    String id();

    /** Every pack of the project itself, in the order they were stored. */
    List<String> packs(Scope project) throws IOException;
}
