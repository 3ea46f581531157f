package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the starting process says on its standard error: first, from bubblewrap itself and before anything inside runs, the
 * pid of the first process; then complaints, of which the first are kept.
 */
final class Status {
    private static final Pattern CHILD = Pattern.compile("\\{ *\"child-pid\": *(\\d+).*");
    private static final int KEPT = 4096;

    private final CompletableFuture<Long> child = new CompletableFuture<>();
    private final CompletableFuture<String> complaints = new CompletableFuture<>();

    Status(InputStream from, String name) {
        // It waits in the kernel for as long as the sandbox lives: as a virtual thread it would keep one of the few
        // carriers
        // that all tasks share, and several of them all of these.
        Thread.ofPlatform().daemon().name("status-of-" + name).start(() -> read(from));
    }

    CompletableFuture<Long> child() {
        return child;
    }

    /** Complete once the process and all it started have ended. */
    CompletableFuture<String> complaints() {
        return complaints;
    }

    private void read(InputStream from) {
        StringBuilder kept = new StringBuilder();
        char[] buffer = new char[1024];
        try (Reader reader = new InputStreamReader(from, StandardCharsets.UTF_8)) {
            int count;
            while ((count = reader.read(buffer)) >= 0) {
                kept.append(buffer, 0, Math.min(count, KEPT - kept.length()));
                if (!child.isDone()) {
                    takeChild(kept);
                }
            }
        } catch (IOException closed) {
            child.completeExceptionally(closed);
        }
        child.completeExceptionally(new IOException("it ended before anything ran inside"));
        complaints.complete(withoutStatus(kept));
    }

    private void takeChild(StringBuilder text) {
        for (int start = 0, end; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
            Matcher line = CHILD.matcher(text.substring(start, end));
            if (line.matches()) {
                text.delete(start, end + 1);
                child.complete(Long.valueOf(line.group(1)));
                return;
            }
        }
    }

    private static String withoutStatus(StringBuilder text) {
        return text.toString().replaceAll("(?m)^\\{ *\"exit-code\".*\\R?", "").strip();
    }
}
