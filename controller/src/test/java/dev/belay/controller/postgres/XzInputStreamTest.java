package dev.belay.controller.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XzInputStreamTest {
    /** `printf 'hello hello hello hello\n' | xz --check=crc64` */
    private static final String HELLO =
            "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAXAAxdADQZSe6N6VYKwSGwAABsFO0bO2i7kQABKBjXg7duH7bzfQEAAAAABFla";

    /** `printf '' | xz` */
    private static final String EMPTY = "/Td6WFoAAATm1rRGAAAAABzfRCEftvN9AQAAAAAEWVo=";

    @Test
    void it_reads_what_xz_wrote() throws IOException {
        assertThat(read(Base64.getDecoder().decode(HELLO))).asString().isEqualTo("hello hello hello hello\n");
        assertThat(read(Base64.getDecoder().decode(EMPTY))).isEmpty();
    }

    @Test
    void the_archive_of_the_class_path_unpacks_whole_and_its_checksum_fits() throws IOException {
        long size;
        try (InputStream in = new XzInputStream(new ByteArrayInputStream(archive()))) {
            size = in.transferTo(OutputStream.nullOutputStream());
        }

        assertThat(size).isGreaterThan(50_000_000).isEqualTo(size / 512 * 512);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 15, 30, 36, 44, 52, 60})
    void a_flipped_bit_is_noticed(int at) {
        byte[] damaged = Base64.getDecoder().decode(HELLO);
        damaged[at] ^= 0x10;

        assertThatThrownBy(() -> {
                    byte[] text = read(damaged);
                    // A bit of a header that is of no importance may be passed over, never a bit of the contents.
                    assertThat(text).asString().isNotEqualTo("hello hello hello hello\n");
                })
                .isInstanceOfAny(IOException.class, AssertionError.class);
    }

    @Test
    void a_file_that_is_cut_short_is_noticed_wherever_it_ends() {
        byte[] whole = Base64.getDecoder().decode(HELLO);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(IOException.class);
        }
    }

    private static byte[] read(byte[] xz) throws IOException {
        try (InputStream in = new XzInputStream(new ByteArrayInputStream(xz))) {
            return in.readAllBytes();
        }
    }

    private static byte[] archive() throws IOException {
        try (InputStream in =
                XzInputStreamTest.class.getClassLoader().getResourceAsStream("postgres-linux-x86_64.txz")) {
            return in.readAllBytes();
        }
    }
}
