package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    private static final int DNS_NAME = 2;
    private static final int ADDRESS = 7;

    private final Authority authority = Authority.create("task 7", Clock.systemUTC());

    /** Moves when it is told to. */
    private static final class Hands extends Clock {
        private Instant now;

        private Hands(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static void validate(Authority authority, Instant at, X509Certificate... chain) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain)), parameters);
    }

    @Test
    void the_authority_signs_leaves_and_nothing_else() {
        X509Certificate certificate = authority.certificate();

        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getBasicConstraints()).isZero();
        assertThat(certificate.getKeyUsage()).containsExactly(only(5));
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
        assertThat(((ECPublicKey) certificate.getPublicKey())
                        .getParams()
                        .getCurve()
                        .getField()
                        .getFieldSize())
                .isEqualTo(256);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=Belay gateway of task 7");
        assertThat(certificate.getIssuerX500Principal()).isEqualTo(certificate.getSubjectX500Principal());
    }

    private static boolean[] only(int bit) {
        boolean[] usage = new boolean[9];
        usage[bit] = true;
        return usage;
    }

    static Stream<Arguments> hosts() {
        return Stream.of(
                Arguments.of("allowed.test", DNS_NAME, "allowed.test"),
                Arguments.of("with_underscore.allowed.test", DNS_NAME, "with_underscore.allowed.test"),
                Arguments.of("a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63), DNS_NAME, null),
                Arguments.of("127.0.0.1", ADDRESS, "127.0.0.1"),
                Arguments.of("2001:db8::1", ADDRESS, "2001:db8:0:0:0:0:0:1"));
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void a_leaf_vouches_for_its_one_host(String host, int kind, String said) throws Exception {
        X509Certificate leaf = authority.leaf(host).certificate();

        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(kind, said == null ? host : said));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getKeyUsage()).containsExactly(only(0));
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(Duration.between(
                        leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
                .isLessThan(Duration.ofDays(2));
        validate(authority, Instant.now(), leaf);
        assertThatThrownBy(() -> validate(Authority.create("task 7", Clock.systemUTC()), Instant.now(), leaf))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void serials_and_keys_are_new_each_time() throws Exception {
        Set<Object> serials = new HashSet<>();
        Set<Object> keys = new HashSet<>();
        for (int number = 0; number < 20; number++) {
            X509Certificate leaf = authority.leaf("host" + number + ".test").certificate();
            serials.add(leaf.getSerialNumber());
            keys.add(leaf.getPublicKey());
            assertThat(leaf.getSerialNumber().signum()).isPositive();
            assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(127);
        }
        assertThat(serials).hasSize(20);
        assertThat(keys).hasSize(20);
    }

    @Test
    void a_leaf_is_made_once_and_only_so_many_are_kept() throws Exception {
        Leaf first = authority.leaf("first.test");
        Leaf second = authority.leaf("second.test");
        for (int number = 0; number < Authority.MOST_LEAVES - 1; number++) {
            authority.leaf("host" + number + ".test");
            assertThat(authority.leaf("first.test")).isSameAs(first);
        }

        assertThat(authority.leaf("second.test")).isNotSameAs(second);
        assertThat(authority.leaf("first.test")).isSameAs(first);
        assertThat(authority.kept()).isEqualTo(Authority.MOST_LEAVES);
    }

    @Test
    void a_leaf_is_renewed_before_it_ends() throws Exception {
        Hands clock = new Hands(Instant.parse("2049-12-31T12:00:00Z"));
        Authority old = Authority.create("", clock);
        Leaf first = old.leaf("allowed.test");
        clock.now = clock.now.plus(Duration.ofHours(20));

        Leaf second = old.leaf("allowed.test");

        assertThat(second).isNotSameAs(first);
        // Its time is written in the other of the two forms that there are.
        assertThat(second.certificate().getNotAfter().toInstant()).isEqualTo("2050-01-02T08:00:00Z");
        validate(old, clock.now, second.certificate());
    }

    /** Java does not look at the path length of what it trusts, so another reader is asked. */
    @ParameterizedTest
    @ValueSource(strings = {"a leaf", "an authority"})
    void who_is_below_the_authority_cannot_sign(String kind, @TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Program.exists("openssl"), "openssl is not installed");
        Instant from = Instant.now().minusSeconds(60);
        Instant to = from.plusSeconds(600);
        Issuer issuer = authority.issuer();
        Issuer below = new Issuer("below", Issuer.newKeys());
        PublicKey key = below.keys().getPublic();
        X509Certificate between = kind.equals("a leaf")
                ? issuer.server("below", "below.test", key, from, to)
                : issuer.authority("below", key, from, to);
        PublicKey ofLeaf = Issuer.newKeys().getPublic();
        X509Certificate leaf = below.server("leaf", "allowed.test", ofLeaf, from, to);
        X509Certificate direct = issuer.server("leaf", "allowed.test", ofLeaf, from, to);
        Files.writeString(folder.resolve("root.pem"), authority.certificatePem());
        Files.write(folder.resolve("between.der"), between.getEncoded());

        assertThat(verified(folder, direct)).endsWith("OK\n");
        assertThatThrownBy(() -> verified(folder, leaf)).hasMessageMatching("(?s).*(path length|invalid CA).*");
    }

    private static String verified(Path folder, X509Certificate leaf) throws Exception {
        Path file = Files.write(folder.resolve("leaf.der"), leaf.getEncoded());
        return Program.run(
                folder, "openssl", "verify", "-CAfile", "root.pem", "-untrusted", "between.der", file.toString());
    }

    @Test
    void a_leaf_is_no_issuer_to_java_either() throws Exception {
        Instant now = Instant.now();
        Issuer below = new Issuer("below", Issuer.newKeys());
        Instant from = now.minusSeconds(60);
        Instant to = now.plusSeconds(60);
        X509Certificate between =
                authority.issuer().server("below", "below.test", below.keys().getPublic(), from, to);
        X509Certificate leaf =
                below.server("leaf", "allowed.test", Issuer.newKeys().getPublic(), from, to);

        validate(authority, now, between);
        assertThatThrownBy(() -> validate(authority, now, leaf, between))
                .isInstanceOf(CertPathValidatorException.class);
    }

    static Stream<Arguments> labels() {
        return Stream.of(
                Arguments.of("", "CN=Belay gateway of "),
                Arguments.of("t-12, CN=evil.com", "CN=evil.com"),
                Arguments.of("b\u00fc\u0000cher\n", "b??cher?"),
                Arguments.of("x".repeat(1000), "x".repeat(40)));
    }

    @ParameterizedTest
    @MethodSource("labels")
    void any_label_makes_a_certificate_of_one_short_name(String label, String contained) {
        String name = Authority.create(label, Clock.systemUTC())
                .certificate()
                .getSubjectX500Principal()
                .getName()
                .replace("\\", "");

        assertThat(name).startsWith("CN=Belay gateway of").contains(contained.strip());
        assertThat(name).hasSizeLessThan(70);
    }

    /** A second reader of the same bytes, and a strict one. */
    @Test
    void openssl_agrees(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Program.exists("openssl"), "openssl is not installed");
        Path root = Files.writeString(folder.resolve("root.pem"), authority.certificatePem());
        List<String> agreed = new ArrayList<>();
        for (String host : List.of("allowed.test", "127.0.0.1", "2001:db8::1")) {
            Path leaf = folder.resolve("leaf.der");
            Files.write(leaf, authority.leaf(host).certificate().getEncoded());
            agreed.add(Program.run(
                    folder,
                    "openssl",
                    "verify",
                    "-x509_strict",
                    "-purpose",
                    "sslserver",
                    host.endsWith(".test") ? "-verify_hostname" : "-verify_ip",
                    host,
                    "-CAfile",
                    root.toString(),
                    leaf.toString()));
        }

        assertThat(agreed).hasSize(3).allMatch(said -> said.endsWith("OK\n"));
    }
}
