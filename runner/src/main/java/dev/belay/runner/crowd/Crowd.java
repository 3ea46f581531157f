package dev.belay.runner.crowd;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.RunnerLinkGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code Crowd ADDRESS TOKEN-FILE SCENARIO N…}: plays a scenario against the controller at ADDRESS and prints what it
 * measured as one line of JSON. Nothing is spoken to but that address.
 */
public final class Crowd {
    private static final int MEMBERS_OF_A_CONNECTION = 50;
    private static final int MOST_CONNECTIONS = 20;

    private Crowd() {}

    public static void main(String[] args) throws Exception {
        String token = Files.readString(Path.of(args[1])).strip();
        int[] numbers = Arrays.stream(args).skip(3).mapToInt(Integer::parseInt).toArray();
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < MOST_CONNECTIONS; i++) {
            channels.add(NettyChannelBuilder.forTarget(args[0]).usePlaintext().build());
        }
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        List<RunnerLinkGrpc.RunnerLinkStub> stubs = channels.stream()
                .map(channel -> RunnerLinkGrpc.newStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata)))
                .toList();
        try {
            Scenarios scenarios =
                    new Scenarios(member -> stubs.get(member / MEMBERS_OF_A_CONNECTION % MOST_CONNECTIONS));
            System.out.println(play(scenarios, args[2], numbers).print());
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
        System.exit(0);
    }

    private static Json play(Scenarios scenarios, String name, int[] numbers) throws Exception {
        return switch (name) {
            case "hold" -> moments(scenarios.hold(numbers[0], numbers[1], numbers[2]));
            case "take" -> moments(scenarios.take(numbers[0], numbers[1], numbers[2]));
            case "write" -> counted(scenarios.write(numbers[0], numbers[1]));
            case "gaps" -> milliseconds(scenarios.gaps(numbers[0]));
            case "tell" -> {
                scenarios.tell(numbers[0], numbers[1]);
                yield Json.object().put("told", numbers[0]).build();
            }
            case "stand" ->
                milliseconds(scenarios.stand(
                        numbers[0],
                        numbers[1],
                        numbers[2],
                        () -> System.out.println(Json.object()
                                .put("standing", numbers[0])
                                .build()
                                .print())));
            default -> throw new IllegalArgumentException("no scenario " + name);
        };
    }

    private static Json moments(List<Long> nanos) {
        return counted(nanos.stream().map(at -> new long[] {at, 1}).toList());
    }

    /** How many per second, in ten stretches of the same count. */
    private static Json counted(List<long[]> counts) {
        List<long[]> ordered = new ArrayList<>(counts);
        ordered.sort((a, b) -> Long.compare(a[0], b[0]));
        long all = ordered.stream().mapToLong(count -> count[1]).sum();
        List<Json> rates = new ArrayList<>();
        int stretch = Math.max(1, ordered.size() / 10);
        for (int from = 0; from + stretch < ordered.size(); from += stretch) {
            long sum = 0;
            for (int i = from + 1; i <= from + stretch; i++) {
                sum += ordered.get(i)[1];
            }
            double seconds = (ordered.get(from + stretch)[0] - ordered.get(from)[0]) / 1e9;
            rates.add(Json.of((double) Math.round(sum / Math.max(seconds, 1e-9))));
        }
        return Json.object()
                .put("count", all)
                .put("per_second", new Json.Arr(rates))
                .build();
    }

    private static Json milliseconds(List<Long> nanos) {
        return Json.object()
                .put("count", nanos.size())
                .put(
                        "ms",
                        new Json.Arr(nanos.stream()
                                .map(one -> Json.of(TimeUnit.NANOSECONDS.toMicros(one) / 1e3))
                                .toList()))
                .build();
    }
}
