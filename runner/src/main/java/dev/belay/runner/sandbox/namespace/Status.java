package dev.belay.runner.sandbox.namespace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
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
    private final StringBuilder complaints = new StringBuilder();

    Status(InputStream from, String name) {
        Thread.ofVirtual().name("status-of-" + name).start(() -> read(from));
    }

    CompletableFuture<Long> child() {
        return child;
    }

    synchronized String complaints() {
        return complaints.toString().strip();
    }

    private void read(InputStream from) {
        char[] buffer = new char[1024];
        try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            StringBuilder first = new StringBuilder();
            int count;
            while ((count = reader.read(buffer)) >= 0) {
                keep(buffer, count);
                if (!child.isDone()) {
                    first.append(buffer, 0, count);
                    find(first);
                }
            }
        } catch (IOException closed) {
            child.completeExceptionally(closed);
        }
        child.completeExceptionally(new IOException("ended before it began"));
    }

    private void find(StringBuilder text) {
        int end;
        while ((end = text.indexOf("\n")) >= 0) {
            Matcher line = CHILD.matcher(text.substring(0, end));
            text.delete(0, end + 1);
            if (line.matches()) {
                child.complete(Long.valueOf(line.group(1)));
                return;
            }
        }
    }

    private synchronized void keep(char[] text, int count) {
        if (complaints.length() < KEPT) {
            complaints.append(text, 0, Math.min(count, KEPT - complaints.length()));
        }
    }
}
