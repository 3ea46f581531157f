package dev.belay.cli.blackbox;

import java.util.List;

/**
 * Ways out of a sandbox that were found somewhere, or can be thought of, to what its policy does not allow. Each prints
 * {@link LooseServer#WORD} when it got there.
 *
 * <p>{@code $P} serves an allowed and a forbidden name at 127.0.0.2, {@code $OTHER} is another port of it, {@code $TLS} a host
 * whose requests are judged, {@code $AWAY} what an allowed name leads to and nobody opened, {@code $U} a port of datagrams;
 * {@code say} speaks to the proxy, byte by byte.
 */
final class Ways {
    /** @param command for bash */
    record Way(String name, String command) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String CLOSE = "\\r\\nConnection: close\\r\\n\\r\\n";
    private static final String GET = "GET / HTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE;

    static final List<Way> ALL = List.of(
            way("by its name", "curl -s http://forbidden.example:$P/"),
            way(
                    "in capital letters",
                    say("GET http://FORBIDDEN.EXAMPLE:$P/ HTTP/1.1\\r\\nHost: FORBIDDEN.EXAMPLE:$P" + CLOSE)),
            way("with a dot behind the name", "curl -s http://forbidden.example.:$P/"),
            way(
                    "behind an allowed name as user",
                    say("GET http://packages.example@forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                            + CLOSE)),
            way(
                    "with an allowed name as fragment",
                    say("GET http://forbidden.example:$P/#.packages.example HTTP/1.1\\r\\nHost: forbidden.example:$P"
                            + CLOSE)),
            way(
                    "behind a backslash",
                    say(
                            "GET http://forbidden.example:$P\\\\\\\\@packages.example/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                                    + CLOSE)),
            way(
                    "with an escaped dot",
                    say("GET http://forbidden%%2eexample:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE)),
            way(
                    "with an ideographic dot",
                    say("GET http://forbidden\\xe3\\x80\\x82example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                            + CLOSE)),
            way(
                    "in letters of full width",
                    say("GET http://\\xef\\xbd\\x86orbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                            + CLOSE)),
            way("by its address", "curl -s -H 'Host: forbidden.example' http://127.0.0.2:$P/"),
            way(
                    "by its address as one number",
                    "curl -s -H 'Host: forbidden.example' -x http://$PROXY http://2130706434:$P/"),
            way("by its address in hexadecimal", say("CONNECT 0x7f.0.0.2:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way("by its address in octal", say("CONNECT 0177.0.0.02:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way("by its address in two parts", say("CONNECT 127.2:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way("by its address within IPv6", say("CONNECT [::ffff:127.0.0.2]:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way(
                    "by CONNECT",
                    say("CONNECT forbidden.example:$P HTTP/1.1\\r\\nHost: forbidden.example:$P\\r\\n\\r\\n" + GET)),
            way(
                    "by CONNECT with an allowed Host",
                    say("CONNECT forbidden.example:$P HTTP/1.1\\r\\nHost: packages.example:$P\\r\\n\\r\\n" + GET)),
            way(
                    "by CONNECT behind an allowed user",
                    say("CONNECT packages.example:$P@forbidden.example:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way("by CONNECT in small letters", say("connect forbidden.example:$P HTTP/1.1\\r\\n\\r\\n" + GET)),
            way(
                    "by CONNECT to another port of the allowed",
                    say("CONNECT packages.example:$OTHER HTTP/1.1\\r\\n\\r\\n" + GET)),
            way("another port of the allowed", "curl -s http://packages.example:$OTHER/"),
            way("by SOCKS5 and its name", "curl -s --socks5-hostname $PROXY http://forbidden.example:$P/"),
            way(
                    "by SOCKS5 and its address",
                    "curl -s -H 'Host: forbidden.example' --socks5 $PROXY http://127.0.0.2:$P/"),
            way("by SOCKS4a and its name", "curl -s --socks4a $PROXY http://forbidden.example:$P/"),
            way(
                    "by SOCKS4 and its address",
                    "curl -s -H 'Host: forbidden.example' --socks4 $PROXY http://127.0.0.2:$P/"),
            way(
                    "by SOCKS5 with a NUL in the name",
                    "say '\\x05\\x01\\x00\\x05\\x01\\x00\\x03\\x23forbidden.example\\x00.packages.example'$(port)"
                            + quoted(GET)),
            way(
                    "by SOCKS5 and IPv4 within IPv6",
                    "say '\\x05\\x01\\x00\\x05\\x01\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\x7f\\x00\\x00\\x02'$(port)"
                            + quoted(GET)),
            way(
                    "an allowed address and another Host",
                    say("GET http://packages.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE)),
            way(
                    "an allowed address and two Hosts",
                    say(
                            "GET http://packages.example:$P/ HTTP/1.1\\r\\nHost: packages.example:$P\\r\\nHost: forbidden.example:$P"
                                    + CLOSE)),
            way(
                    "a Host over two lines",
                    say(
                            "GET http://packages.example:$P/ HTTP/1.1\\r\\nHost: packages.example:$P\\r\\n forbidden.example"
                                    + CLOSE)),
            way("by the Host alone", say("GET / HTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE)),
            way(
                    "with blanks in the request line",
                    say("GET   http://forbidden.example:$P/\\tHTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE)),
            way(
                    "with bare line ends",
                    say(
                            "GET http://forbidden.example:$P/ HTTP/1.1\\nHost: forbidden.example:$P\\nConnection: close\\n\\n")),
            way(
                    "as the second of two requests",
                    say(
                            "GET http://packages.example:$P/ HTTP/1.1\\r\\nHost: packages.example:$P\\r\\n\\r\\nGET http://forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                                    + CLOSE)),
            way(
                    "behind a body that is shorter than it says",
                    say(
                            "GET http://packages.example:$P/ HTTP/1.1\\r\\nHost: packages.example:$P\\r\\nContent-Length: 0\\r\\nContent-Length: 60\\r\\n\\r\\nGET http://forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                                    + CLOSE)),
            way(
                    "as the body of a request that is framed twice",
                    say(
                            "POST http://packages.example:$P/ HTTP/1.1\\r\\nHost: packages.example:$P\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 5\\r\\n\\r\\n0\\r\\n\\r\\nGET http://forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P"
                                    + CLOSE)),
            way("by a redirect", "curl -sL http://packages.example:$P/away"),
            way(
                    "by another scheme in capital letters",
                    say("GET HTTP://forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P" + CLOSE)),
            way(
                    "by an upgrade",
                    say(
                            "GET http://forbidden.example:$P/ HTTP/1.1\\r\\nHost: forbidden.example:$P\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n")),
            way("by a name that leads elsewhere", "curl -s http://away.example:$AWAY/"),
            way(
                    "by a name that leads elsewhere, in a tunnel",
                    say("CONNECT away.example:$AWAY HTTP/1.1\\r\\n\\r\\n" + GET)),
            way(
                    "by the proxy as its own server",
                    say(
                            "CONNECT 127.0.0.1:${PROXY#*:} HTTP/1.1\\r\\n\\r\\nCONNECT forbidden.example:$P HTTP/1.1\\r\\n\\r\\n"
                                    + GET)),
            way(
                    "by a relay of its own",
                    "perl -MIO::Socket::INET -e 'alarm 8; $l = IO::Socket::INET->new(Listen => 1, LocalAddr => q(127.0.0.1:9797)) or die; $c = $l->accept; $s = IO::Socket::INET->new($ENV{PROXY}); $c->sysread($b, 4096); $s->syswrite($b); print $c $_ while defined($_ = <$s>)' & for i in 1 2 3 4 5 6 7 8; do curl -s -H 'Connection: close' -x http://127.0.0.1:9797 http://forbidden.example:$P/ && break; sleep 0.2; done"),
            way("without the proxy", "curl -s --noproxy '*' -H 'Host: forbidden.example' http://127.0.0.2:$P/"),
            way(
                    "with the proxy forgotten",
                    "env -i /usr/bin/curl -s -H 'Host: forbidden.example' http://127.0.0.2:$P/"),
            way("by a plain socket", "exec 3<>/dev/tcp/127.0.0.2/$P; printf " + quoted(GET) + " >&3; cat <&3"),
            way(
                    "by a socket of IPv6",
                    "curl -s --noproxy '*' -H 'Host: forbidden.example' \"http://[::ffff:127.0.0.2]:$P/\""),
            way("by datagrams, as QUIC goes", "exec 3<>/dev/udp/127.0.0.2/$U; printf x >&3; timeout 2 head -c 21 <&3"),
            way(
                    "by a name service",
                    "perl -MSocket -e 'socket S, AF_INET, SOCK_DGRAM, 17; send S, q(word.in.a.name), 0, pack_sockaddr_in($ENV{U}, inet_aton(q(127.0.0.2))); alarm 2; recv S, $b, 99, 0; print $b'"),
            way(
                    "by an abstract socket",
                    "perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; connect S, pack(q(Sa*), 1, qq(\\0$ENV{ABSTRACT})) or exit; print <S>'"),
            way(
                    "by the greeting of another TLS name",
                    "curl -sk --connect-to forbidden.example:443:secured.example:$TLS https://forbidden.example/"),
            way(
                    "by another Host within TLS",
                    "curl -sk -H 'Host: forbidden.example' https://secured.example:$TLS/open"),
            way("by a path that is not allowed", "curl -sk https://secured.example:$TLS/forbidden"),
            way(
                    "by a path that becomes another one",
                    "curl -sk --path-as-is https://secured.example:$TLS/open/../forbidden"),
            way("by a path with escapes", "curl -sk --path-as-is https://secured.example:$TLS/open/%2e%2e/forbidden"),
            way(
                    "by a method that is not allowed",
                    "curl -sk -X PUT -H 'X: forbidden' https://secured.example:$TLS/open"));

    private Ways() {}

    private static Way way(String name, String command) {
        return new Way(name, command);
    }

    private static String say(String bytes) {
        return "say " + quoted(bytes);
    }

    /** In quotes that let variables through. */
    private static String quoted(String bytes) {
        return "\"" + bytes + "\"";
    }
}
