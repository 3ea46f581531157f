package dev.belay.runner.room;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.PrintWriter;
import java.util.stream.Stream;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs test classes in a JVM that some launcher started; exits with 1 when one fails or none ran; loads are for the build's own room. */
final class RoomSuite {
    private RoomSuite() {}

    public static void main(String[] classes) {
        var request = LauncherDiscoveryRequestBuilder.request().filters(excludeTags("load"));
        Stream.of(classes).forEach(name -> request.selectors(selectClass(name)));
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request.build(), listener);
        var summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 5);
        System.out.println(summary.getTestsSucceededCount() + " succeeded, " + summary.getTestsAbortedCount()
                + " aborted, " + summary.getTestsFailedCount() + " failed");
        System.exit(summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0 ? 0 : 1);
    }
}
