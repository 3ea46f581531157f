package dev.belay.controller.postgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** A controller in miniature, for tests that end one by force: starts the server, writes a row, waits to be killed. */
public final class PostgresChild {
    private PostgresChild() {}

    public static void main(String[] arguments) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]));
                Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists t (n int)");
            statement.execute("insert into t values (1)");
            System.out.println("ready");
            System.out.flush();
            if (System.in.read() >= 0) {
                throw new IllegalStateException("nobody writes here");
            }
        }
        System.out.println("closed");
    }
}
