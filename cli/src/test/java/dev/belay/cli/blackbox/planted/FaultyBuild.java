package dev.belay.cli.blackbox.planted;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Plants a fault as its class is loaded, and says that it did, or that there was no place for it. */
public final class FaultyBuild implements ClassFileTransformer {
    private final Fault fault;

    private FaultyBuild(Fault fault) {
        this.fault = fault;
    }

    /** Called by the JVM before the process's own main, with the names of faults between plus signs. */
    public static void premain(String faults, Instrumentation build) {
        for (String name : faults.split("\\+", -1)) {
            build.addTransformer(new FaultyBuild(Fault.valueOf(name)));
        }
    }

    /** What a process says when it has the fault. */
    public static String said(Fault fault) {
        return "planted in " + fault.owner + ": " + fault;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> before,
            @Nullable ProtectionDomain domain,
            byte[] sound) {
        if (!fault.owner.equals(name)) {
            return null;
        }
        try {
            AtomicInteger places = new AtomicInteger();
            byte[] faulty = faulty(loader, sound, places);
            System.err.println(places.get() > 0 ? said(fault) : "no place in " + name + " for " + fault);
            return faulty;
        } catch (RuntimeException | LinkageError failed) {
            // The JVM would go on with the sound one and say nothing.
            System.err.println(fault + " could not be planted: " + failed);
            return null;
        }
    }

    private byte[] faulty(@Nullable ClassLoader loader, byte[] sound, AtomicInteger places) {
        ClassLoader classes = loader == null ? ClassLoader.getSystemClassLoader() : loader;
        // What a debugger is told of variables would speak of code that is no longer there.
        ClassFile format = ClassFile.of(
                ClassFile.DebugElementsOption.DROP_DEBUG,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)
                        .orElse(ClassHierarchyResolver.defaultResolver())));
        return format.transformClass(
                format.parse(sound),
                ClassTransform.transformingMethodBodies(
                        method -> (method.methodName().stringValue()
                                        + method.methodType().stringValue())
                                .startsWith(fault.method),
                        CodeTransform.ofStateful(() -> new Rewritten(fault.rewriting, places))));
    }

    /** The instructions of one method. */
    private static final class Rewritten implements CodeTransform {
        private final Rewriting rewriting;
        private final AtomicInteger places;
        private int number;

        Rewritten(Rewriting rewriting, AtomicInteger places) {
            this.rewriting = rewriting;
            this.places = places;
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof Instruction at && rewriting.of(code, at, number++)) {
                places.incrementAndGet();
            } else {
                code.with(element);
            }
        }
    }
}
