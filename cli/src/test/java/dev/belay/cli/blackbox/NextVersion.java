package dev.belay.cli.blackbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The distribution of a version to come: this one, and a controller that first brings the tables forward, by adding to
 * them. What only that version writes is written here as it would.
 */
record NextVersion(Path home) {
    /** Higher than any that this version may still be given. */
    static final String CHANGE = "900000";

    /** One of each that an adding change may do to tables that are written to meanwhile. */
    private static final String TABLES = """
            create table wish (
              task   text collate "C" not null references task,
              tenant text collate "C" not null,
              words  text not null default '',
              primary key (task)
            );
            alter table task add column urgency int, add column tags text[] not null default '{}';
            alter table event add column trace text;
            alter table runner add column region text not null default '';
            alter table command add column cause text;
            create index task_urgency on task (urgency) where urgency is not null;
            """;

    /** Of the body of an event: a number that this version gives to nothing. */
    private static final int FIELD = 1000;

    private static final int LENGTH_DELIMITED = 2;

    static NextVersion in(Path place) {
        Path home = place.resolve("next-version");
        // Links, so that it costs no copy and needs neither the same file system nor the same owner.
        Sh.run("cp", "-rs", Belay.distribution().toString(), home.toString());
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(home.resolve("lib/controller/zz-next-version.jar")))) {
            // Folders are looked for by their own entries.
            jar.putNextEntry(new JarEntry("db/"));
            jar.putNextEntry(new JarEntry("db/migration/"));
            jar.putNextEntry(new JarEntry("db/migration/V" + CHANGE + "__of_the_next_version.sql"));
            jar.write(TABLES.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new NextVersion(home);
    }

    /** What is unknown in {@link #event}, as JSON has it. */
    static String unknown(String words) {
        return Base64.getEncoder().encodeToString(unknownField(words));
    }

    /** SQL that appends an event of a kind of its own to a live task of less than 127 events, as its controller does. */
    static String event(String task, String words) {
        Proto body = new Proto()
                .text(1, task)
                .bytes(3, new Proto().number(1, Instant.now().getEpochSecond()).all())
                .number(4, 1)
                .text(7, "controller");
        String before = HexFormat.of().formatHex(body.all());
        String after = HexFormat.of().formatHex(unknownField(words));
        return """
                with counted as (
                  update task set last_seq = last_seq + 1, tags = '{new}', urgency = 1
                  where id = '%s' and finished_at is null and last_seq < 127
                  returning id, tenant, last_seq, epoch
                )
                insert into event (task, seq, tenant, actor, epoch, at, kind, turn, step, body, trace)
                select id, last_seq, tenant, 'controller', epoch, clock_timestamp(), 'wish.granted', 0, 0,
                  '\\x%s'::bytea || '\\x10'::bytea || set_byte('\\x00'::bytea, 0, last_seq::int) || '\\x%s'::bytea, 'trace'
                from counted returning seq""".formatted(task, before, after);
    }

    private static byte[] unknownField(String words) {
        return new Proto().text(FIELD, words).all();
    }

    /** The wire, written by hand: the client's tests have no library for it. */
    private static final class Proto {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Proto number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Proto text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Proto bytes(int field, byte[] value) {
            varint((long) field << 3 | LENGTH_DELIMITED);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while (rest > 0x7f) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] all() {
            return out.toByteArray();
        }
    }
}
