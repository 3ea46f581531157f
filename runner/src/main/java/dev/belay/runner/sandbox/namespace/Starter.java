package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedTransferQueue;

/**
 * The one thread that starts sandboxes, and never ends.
 *
 * <p>A sandbox dies with its parent by the kernel's parent-death signal, and for the kernel the parent is the thread that
 * forked. Were it a pool's or a carrier of virtual threads, the sandbox would die with that thread.
 */
final class Starter {
    private record Order(ProcessBuilder what, CompletableFuture<Process> result) {}

    private static final LinkedTransferQueue<Order> ORDERS = new LinkedTransferQueue<>();

    static {
        Thread.ofPlatform().daemon().name("sandbox-starter").start(Starter::serve);
    }

    private Starter() {}

    static Process start(ProcessBuilder what) throws IOException, InterruptedException {
        Order order = new Order(what, new CompletableFuture<>());
        ORDERS.add(order);
        try {
            return order.result().get();
        } catch (ExecutionException failed) {
            throw new IOException("the start of " + what.command().getFirst() + " failed", failed.getCause());
        }
    }

    private static void serve() {
        while (true) {
            try {
                Order order = ORDERS.take();
                try {
                    order.result().complete(order.what().start());
                } catch (IOException | RuntimeException failed) {
                    order.result().completeExceptionally(failed);
                }
            } catch (InterruptedException ignored) {
                // Nobody has a reason to interrupt this thread, and every sandbox hangs on its life.
                Thread.interrupted();
            }
        }
    }
}
