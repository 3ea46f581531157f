package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What the engine keeps in the runner's state and shows to every sandbox, read-only: the first program, the seccomp rules
 * and a synthetic /etc. The program is a copy, so that the sandbox's uid can read it wherever the install lies.
 */
record EngineFiles(Path program, Path filter, Path etc) {
    /** Each program has a file of its own, named by its content: an engine never changes what another one starts. */
    static EngineFiles prepare(Path state, String programName, byte[] program) throws IOException {
        Path engine = Files.createDirectories(state.resolve("engine"));
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx--x--x"));
        return new EngineFiles(
                replace(engine.resolve(programName + "-" + digest(program)), program),
                replace(engine.resolve("seccomp.bpf"), SeccompFilter.bytes()),
                SyntheticEtc.below(engine));
    }

    private static String digest(byte[] program) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(program);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static String resource(String name) {
        try (InputStream in = EngineFiles.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** By rename: a sandbox that still shows the old file keeps it whole. */
    private static Path replace(Path path, byte[] content) throws IOException {
        if (Files.exists(path) && Arrays.equals(Files.readAllBytes(path), content)) {
            return path;
        }
        Path next = Files.createTempFile(path.getParent(), "next", "");
        Files.write(next, content);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        return Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
