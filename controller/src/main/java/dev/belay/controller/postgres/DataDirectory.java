package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A PostgreSQL cluster on disk. It comes into being whole or not at all. */
final class DataDirectory {
    static final String USER = "belay";
    private static final String PASSWORD = "belay.password";

    private final Path directory;
    private final Path binaries;
    private final ServerAccount account;

    DataDirectory(Path directory, Path binaries, ServerAccount account) {
        this.directory = directory;
        this.binaries = binaries;
        this.account = account;
    }

    Path path() {
        return directory;
    }

    String password() throws IOException {
        return Files.readString(directory.resolve(PASSWORD)).strip();
    }

    /** @param major of the server, `18` */
    void prepare(String major, Path log) throws IOException {
        if (isEmpty()) {
            create(log);
            return;
        }
        Path version = directory.resolve("PG_VERSION");
        if (!Files.exists(version)) {
            throw BelayException.of(
                    ErrorCode.E_SETUP,
                    directory + " holds something else than a database",
                    "controller: it is not empty and has no PG_VERSION; it was left untouched",
                    "move it away, or choose another BELAY_STATE");
        }
        String found = Files.readString(version).strip();
        if (!found.equals(major)) {
            throw BelayException.of(
                    ErrorCode.E_SETUP,
                    "the database in " + directory + " is of PostgreSQL " + found,
                    "controller: this Belay brings PostgreSQL " + major
                            + ", which cannot open it; it was left untouched",
                    "dump it with the Belay that made it (pg_dumpall), move the directory away, and restore the dump");
        }
        if (!Files.exists(directory.resolve(PASSWORD))) {
            throw BelayException.of(
                    ErrorCode.E_SETUP,
                    "the database in " + directory + " is not one that Belay made",
                    "controller: it has no " + PASSWORD + "; it was left untouched",
                    "move it away, or choose another BELAY_STATE");
        }
        account.own(directory);
        Path password = directory.resolve(PASSWORD);
        if (account.uid() >= 0) {
            Files.setAttribute(password, "unix:uid", 0);
            Files.setAttribute(password, "unix:gid", 0);
        }
    }

    private boolean isEmpty() throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            return !files.iterator().hasNext();
        }
    }

    private void create(Path log) throws IOException {
        Path parent = EmbeddedPostgres.parent(directory);
        String prefix = ".new-" + directory.getFileName() + "-";
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path cutOff : left) {
                PostgresBinaries.delete(cutOff);
            }
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Path making = Files.createTempDirectory(parent, prefix);
        try {
            Path cluster = Files.createDirectory(
                    making.resolve("pg"), PosixFilePermissions.asFileAttribute(PostgresBinaries.permissions(0700)));
            Path secret = secret(making.resolve("password"), password);
            account.own(making);
            initdb(cluster, secret, log);
            secret(cluster.resolve(PASSWORD), password);
            try (FileChannel directoryOnDisk = FileChannel.open(cluster, StandardOpenOption.READ)) {
                directoryOnDisk.force(true);
            }
            Files.deleteIfExists(directory);
            Files.move(cluster, directory, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel parentOnDisk = FileChannel.open(parent, StandardOpenOption.READ)) {
                parentOnDisk.force(true);
            }
        } finally {
            PostgresBinaries.delete(making);
        }
    }

    private static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PostgresBinaries.permissions(0600)));
        Files.writeString(file, text + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        return file;
    }

    private void initdb(Path cluster, Path secret, Path log) throws IOException {
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + cluster,
                "--username=" + USER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions"));
        ProcessBuilder builder = EmbeddedPostgres.command(command, log);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        try {
            int exit = builder.start().waitFor();
            if (exit != 0) {
                String said = EmbeddedPostgres.lastLines(log);
                if (said.contains("unshare failed")) {
                    // Root and a uid without a name give PostgreSQL another uid, by a user namespace.
                    throw BelayException.of(
                            ErrorCode.E_NO_USER_NAMESPACES,
                            "this machine does not let Belay make user namespaces",
                            "kernel: " + said.strip(),
                            NamespaceSetting.fix());
                }
                throw BelayException.of(
                        ErrorCode.E_SETUP,
                        "the embedded PostgreSQL could not make its database",
                        "controller: initdb ended with " + exit + ": " + said,
                        "less " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making the database", e);
        }
    }
}
