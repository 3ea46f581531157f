package dev.belay.runner.power;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An agent: has the JDK tell {@link Disk} of every wait for the disk, or takes the project's own waits away. */
public final class WatchedDisk implements ClassFileTransformer {
    private static final ClassDesc DESCRIPTOR = ClassDesc.of("java.io.FileDescriptor");
    private static final ClassDesc DISK = ClassDesc.of("dev.belay.runner.power.Disk");

    private final Map<String, ClassTransform> changes;

    private WatchedDisk(Map<String, ClassTransform> changes) {
        this.changes = changes;
    }

    /** Called by the JVM with the watched folder, where its copies go, and whether it is a build that waits for no disk. */
    public static void premain(String argument, Instrumentation build) throws Exception {
        String[] words = argument.split(":", -1);
        Disk.watch(Path.of(words[0]), Path.of(words[1]));
        build.addTransformer(new WatchedDisk(watching()), true);
        build.retransformClasses(
                Class.forName("java.io.FileDescriptor"), Class.forName("sun.nio.ch.UnixFileDispatcherImpl"));
        if (Boolean.parseBoolean(words[2])) {
            build.addTransformer(new WatchedDisk(waitingForNothing()));
        }
    }

    /** What the process says of each class that is as it is meant to be. */
    public static String said(String name) {
        return "changed: " + name;
    }

    private static Map<String, ClassTransform> watching() {
        return Map.of(
                "java/io/FileDescriptor",
                atReturn("sync", code -> code.aload(0).getfield(DESCRIPTOR, "fd", ConstantDescs.CD_int)),
                "sun/nio/ch/UnixFileDispatcherImpl",
                atReturn(
                        "force",
                        code -> code.aload(1)
                                .invokestatic(
                                        ClassDesc.of("sun.nio.ch.IOUtil"),
                                        "fdVal",
                                        MethodTypeDesc.of(ConstantDescs.CD_int, DESCRIPTOR))));
    }

    private static ClassTransform atReturn(String method, Consumer<CodeBuilder> descriptor) {
        return ClassTransform.transformingMethodBodies(
                each -> each.methodName().equalsString(method), (code, element) -> {
                    if (element instanceof ReturnInstruction) {
                        descriptor.accept(code);
                        code.invokestatic(
                                DISK, "forced", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int));
                    }
                    code.with(element);
                });
    }

    /** Wherever the project's own code waits for the disk. */
    private static Map<String, ClassTransform> waitingForNothing() {
        CodeTransform nothing = (code, element) -> {
            if (element instanceof InvokeInstruction call
                    && call.name().equalsString("sync")
                    && call.owner().asSymbol().equals(DESCRIPTOR)) {
                code.pop();
            } else if (element instanceof InvokeInstruction call && call.name().equalsString("force")) {
                code.pop2();
            } else {
                code.with(element);
            }
        };
        ClassTransform everywhere = ClassTransform.transformingMethodBodies(nothing);
        return Map.of("dev/belay/runner/workspace/BareGit", everywhere, "dev/belay/runner/spool/Spool", everywhere);
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> before,
            @Nullable ProtectionDomain domain,
            byte[] sound) {
        ClassTransform change = changes.get(name == null ? "" : name);
        if (name == null || change == null) {
            return null;
        }
        try {
            ClassFile format = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);
            byte[] changed = format.transformClass(format.parse(sound), change);
            System.err.println(said(name));
            return changed;
        } catch (RuntimeException | LinkageError failed) {
            System.err.println(name + " could not be changed: " + failed);
            return null;
        }
    }
}
