package dev.belay.controller.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/** Fills the disk below a database with rows until it takes no more, gives space back, and says what is there. */
public final class FullDiskChild {
    private static final long ROOM = 48 << 20;

    private FullDiskChild() {}

    public static void main(String[] arguments) throws Exception {
        Path disk = Path.of(arguments[0]);
        Path others = Files.write(disk.resolve("of-others"), new byte[96 << 20]);
        KeptPostgres.Pace pace =
                new KeptPostgres.Pace(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(30), 3);
        try (KeptPostgres postgres =
                KeptPostgres.start(disk.resolve("state/controller/pg"), pace, () -> free(disk) > ROOM)) {
            BitSet acknowledged = fill(postgres);
            System.out.println("acknowledged " + acknowledged.cardinality());
            Files.delete(others);
            System.out.println("missing " + missing(postgres, acknowledged));
            System.out.println("lost " + postgres.lost().isDone());
        }
    }

    private static long free(Path disk) {
        try {
            return Files.getFileStore(disk).getUsableSpace();
        } catch (IOException unknown) {
            throw new IllegalStateException(unknown);
        }
    }

    private static Connection connect(KeptPostgres postgres) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres", postgres.user(), postgres.password());
    }

    /** One row a transaction; what was committed without an error is acknowledged. */
    private static BitSet fill(KeptPostgres postgres) throws SQLException {
        BitSet acknowledged = new BitSet();
        byte[] body = new byte[200_000];
        RandomGenerator random = RandomGenerator.getDefault();
        try (Connection connection = connect(postgres)) {
            connection.createStatement().execute("create table t (n int, body bytea)");
            for (int n = 0; ; n++) {
                random.nextBytes(body);
                try (PreparedStatement insert = connection.prepareStatement("insert into t values (?, ?)")) {
                    insert.setInt(1, n);
                    insert.setBytes(2, body);
                    insert.execute();
                    acknowledged.set(n);
                } catch (SQLException full) {
                    System.out.println("refused " + full.getSQLState());
                    return acknowledged;
                }
            }
        }
    }

    private static int missing(KeptPostgres postgres, BitSet acknowledged) throws SQLException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try (Connection connection = connect(postgres);
                    ResultSet rows = connection.createStatement().executeQuery("select n from t")) {
                BitSet left = (BitSet) acknowledged.clone();
                while (rows.next()) {
                    left.clear(rows.getInt(1));
                }
                return left.cardinality();
            } catch (SQLException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                Thread.onSpinWait();
            }
        }
    }
}
