package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL programs of the class path, unpacked once per version next to the data directory. */
final class PostgresBinaries {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";
    private static final int BLOCK = 512;

    private PostgresBinaries() {}

    /** Answers the directory that holds {@code bin/postgres}. */
    static Path unpackedIn(Path parent) throws IOException {
        URL archive = PostgresBinaries.class.getClassLoader().getResource(ARCHIVE);
        if (archive == null) {
            throw BelayException.of(
                    ErrorCode.E_SETUP,
                    "there is no embedded PostgreSQL for this machine",
                    "controller: the distribution holds PostgreSQL for Linux on x86-64 only, and this is "
                            + System.getProperty("os.name") + " on " + System.getProperty("os.arch"),
                    "configure an external database");
        }
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            Path home = parent.resolve("postgres-" + version(archive) + "-" + connection.getContentLengthLong());
            if (Files.isExecutable(home.resolve("bin/postgres"))) {
                return home;
            }
            sweep(parent);
            Path unpacking = Files.createTempDirectory(
                    parent, ".postgres-", PosixFilePermissions.asFileAttribute(permissions(0711)));
            try {
                Optional<Path> ready = unpackedBesides(archive, String.valueOf(home.getFileName()));
                if (ready.isPresent()) {
                    copy(ready.get(), unpacking);
                } else {
                    untar(new XzInputStream(new BufferedInputStream(in, 1 << 16)), unpacking);
                }
                Files.move(unpacking, home, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(unpacking);
            }
            return home;
        }
    }

    /** What a distribution has unpacked already: in {@code lib/postgres}, when its jar is in a folder of lib. */
    private static Optional<Path> unpackedBesides(URL archive, String name) {
        String jar = archive.toString().replaceFirst("!/.*$", "").replaceFirst("^jar:", "");
        if (!jar.startsWith("file:")) {
            return Optional.empty();
        }
        Path ready =
                Path.of(URI.create(jar)).resolve("../../postgres").resolve(name).normalize();
        return Files.isExecutable(ready.resolve("bin/postgres")) ? Optional.of(ready) : Optional.empty();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (!each.equals(from)) {
                    Files.copy(
                            each,
                            to.resolve(from.relativize(each).toString()),
                            LinkOption.NOFOLLOW_LINKS,
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static String version(URL archive) {
        String name = archive.toString().replaceFirst("!/.*$", "").replaceFirst("^.*/", "");
        return name.replaceFirst("\\.jar$", "")
                .replaceFirst("^.*-(?=[0-9])", "")
                .replaceAll("[^0-9A-Za-z.]", "_");
    }

    /** What an unpacking that was cut off left behind. */
    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, ".postgres-*")) {
            for (Path directory : left) {
                delete(directory);
            }
        }
    }

    private static void untar(InputStream tar, Path target) throws IOException {
        byte[] header = new byte[BLOCK];
        while (readBlock(tar, header)) {
            String name = text(header, 0, 100);
            if (name.isEmpty()) {
                return;
            }
            Path path = target.resolve(name).normalize();
            if (!path.startsWith(target)) {
                throw new IOException("the archive has the name " + name);
            }
            long size = Long.parseLong(text(header, 124, 12).strip(), 8);
            int mode = Integer.parseInt(text(header, 100, 8).strip(), 8);
            switch (header[156]) {
                case '5' -> Files.createDirectories(path);
                case '2' -> {
                    createParents(path);
                    Files.createSymbolicLink(path, Path.of(text(header, 157, 100)));
                }
                case '0', 0 -> {
                    createParents(path);
                    try (OutputStream out = Files.newOutputStream(path)) {
                        copy(tar, out, size);
                    }
                    Files.setPosixFilePermissions(path, permissions((mode & 0111) != 0 ? 0755 : 0644));
                    tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                }
                default -> throw new IOException("the archive has an entry of type " + (char) header[156]);
            }
        }
        throw new EOFException("the archive is cut short");
    }

    private static void createParents(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
    }

    private static boolean readBlock(InputStream in, byte[] block) throws IOException {
        return in.readNBytes(block, 0, block.length) == block.length;
    }

    private static void copy(InputStream in, OutputStream out, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = size; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("the archive is cut short");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode >> bit & 1) == 1 ? "rwx".charAt((8 - bit) % 3) : '-');
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    static void delete(@Nullable Path path) throws IOException {
        if (path == null) {
            return;
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    delete(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
