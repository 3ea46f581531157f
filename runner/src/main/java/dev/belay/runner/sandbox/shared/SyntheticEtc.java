package dev.belay.runner.sandbox.shared;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The /etc of every sandbox: a few generated files, and copies of what toolchains need of the host's, or of the image's that
 * they come from. Nothing else of the host's /etc is shown: it may tell of the host, or hold a secret.
 *
 * <p>Copies and not mounts, because each mount would cost every start of a sandbox.
 */
public final class SyntheticEtc {
    private static final long LARGEST = 8L << 20;

    private static final List<String> COPIED = List.of(
            "alternatives",
            "ca-certificates",
            "ca-certificates.conf",
            "crypto-policies",
            "fonts",
            "gai.conf",
            "ld.so.cache",
            "ld.so.conf",
            "ld.so.conf.d",
            "localtime",
            "magic",
            "maven",
            "mime.types",
            "perl",
            "pki",
            "protocols",
            "services",
            "ssl/certs",
            "ssl/openssl.cnf",
            "terminfo",
            "timezone");

    /** What tells of an image tells nothing of the host. */
    private static final List<String> COPIED_OF_IMAGES = List.of("debian_version", "os-release");

    private static final Path OF_HOST = Path.of("/etc");

    private static final Map<String, String> GENERATED = Map.of(
            "passwd",
            passwd(1000, 1000),
            "group",
            group(1000),
            "hosts",
            "127.0.0.1 localhost belay\n::1 localhost\n",
            "hostname",
            "belay\n",
            "nsswitch.conf",
            "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n",
            "resolv.conf",
            "# No resolver: names are resolved by the gateway.\n",
            "belay-node-proxy.cjs",
            EngineFolder.resource(SyntheticEtc.class, "node-proxy.cjs"),
            "shells",
            "/bin/sh\n/bin/bash\n");

    private SyntheticEtc() {}

    /** Whom the uid of the sandbox is there. */
    public static String passwd(long uid, long gid) {
        return """
                root:x:0:0:root:/:/usr/sbin/nologin
                belay:x:%d:%d:Belay:/home/belay:/bin/sh
                nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
                """.formatted(uid, gid);
    }

    public static String group(long gid) {
        return "root:x:0:\nbelay:x:%d:\nnogroup:x:65534:\n".formatted(gid);
    }

    public static Path below(Path engine) throws IOException {
        return below(engine, OF_HOST);
    }

    /** One directory for the life of this runner and each source; what runners left that are gone is removed. */
    public static synchronized Path below(Path engine, Path source) throws IOException {
        Path etc = engine.resolve("etc-" + Life.own() + (source.equals(OF_HOST) ? "" : "-" + digest(source)));
        if (!Files.exists(etc)) {
            removeThoseOfTheDead(engine);
            Path unfinished = Files.createTempDirectory(engine, etc.getFileName() + "-next");
            for (var file : GENERATED.entrySet()) {
                open(Files.writeString(unfinished.resolve(file.getKey()), file.getValue()));
            }
            for (String name : COPIED) {
                // A link there would lead to what is below it on the machine, and not in the image.
                if (source.equals(OF_HOST) || !liesBehindLink(source, name)) {
                    copyTree(source.resolve(name), unfinished.resolve(name));
                }
            }
            for (String name : source.equals(OF_HOST) ? List.<String>of() : COPIED_OF_IMAGES) {
                copyTree(source.resolve(name), unfinished.resolve(name));
            }
            try (var entries = Files.newDirectoryStream(source, "java-*-openjdk")) {
                for (Path path : entries) {
                    copyTree(path, unfinished.resolve(path.getFileName()));
                }
            }
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(unfinished, etc, StandardCopyOption.ATOMIC_MOVE);
        }
        return etc;
    }

    private static boolean liesBehindLink(Path source, String name) {
        int slash = name.indexOf('/');
        return slash > 0 && Files.isSymbolicLink(source.resolve(name.substring(0, slash)));
    }

    private static String digest(Path source) {
        return EngineFolder.digest(source.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void copyTree(Path source, Path target) throws IOException {
        if (!Files.exists(source) && !Files.isSymbolicLink(source)) {
            return;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(target.resolve(source.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = file.equals(source) ? target : target.resolve(source.relativize(file));
                if (attributes.isSymbolicLink()) {
                    Files.createSymbolicLink(copy, Files.readSymbolicLink(file));
                } else if (attributes.isRegularFile() && attributes.size() <= LARGEST && Files.isReadable(file)) {
                    Files.copy(file, copy);
                    open(copy);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void open(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void removeThoseOfTheDead(Path engine) throws IOException {
        try (var entries = Files.newDirectoryStream(engine, "etc-*")) {
            for (Path path : entries) {
                String[] word = path.getFileName().toString().split("-");
                if (!Life.parse(word[1] + "-" + word[2]).goesOn()) {
                    removeTree(path);
                }
            }
        }
    }

    private static void removeTree(Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
