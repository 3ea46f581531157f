package dev.belay.runner.sandbox.shared;

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

/** The directory of the runner's state that holds what engines show to sandboxes. Others may pass through, not list. */
public record EngineFolder(Path path) {
    public static EngineFolder in(Path state) throws IOException {
        Path path = Files.createDirectories(state.resolve("engine"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        return new EngineFolder(path);
    }

    /** By rename: a sandbox that still shows the old file keeps it whole. */
    public Path keep(String name, byte[] content) throws IOException {
        Path kept = path.resolve(name);
        if (Files.exists(kept) && Arrays.equals(Files.readAllBytes(kept), content)) {
            return kept;
        }
        Path next = Files.createTempFile(path, "next", "");
        Files.write(next, content);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        return Files.move(next, kept, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Each program has a file of its own, named by its content: an engine never changes what another one starts. */
    public Path keepProgram(String name, byte[] program) throws IOException {
        return keep(name + "-" + digest(program), program);
    }

    public static String digest(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A text that lies beside the class. */
    public static String resource(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
