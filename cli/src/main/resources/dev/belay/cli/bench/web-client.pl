# The client of the bench's rows on the gateway: the same program inside a sandbox and outside of it.
#   latency   PROXY SERVER COUNT     a tiny request on a new connection, COUNT times after some that do not count
#   fetch     PROXY SERVER BYTES     one large answer
#   together  PROXY SERVER COUNT ID  COUNT connections, each with a request that the server answers when it has all
# PROXY is HOST:PORT, or - for none. One line of JSON.
use strict;
use warnings;
use IO::Socket::INET;

my ($mode, $proxy, $server, $count, $id) = @ARGV;
my $peer = $proxy eq '-' ? $server : $proxy;
my $base = $proxy eq '-' ? '' : "http://$server";

$SIG{ALRM} = sub { die "not done after 60 s\n" };
alarm 60;

# The kernel's own: Time::HiRes is not part of the smallest perl. clock_gettime(CLOCK_MONOTONIC), as on x86_64.
sub millis {
    my $time = pack 'qq', 0, 0;
    syscall(228, 1, $time) == 0 or die "clock_gettime: $!\n";
    my ($seconds, $nanos) = unpack 'qq', $time;
    return $seconds * 1000 + $nanos / 1e6;
}

sub ask {
    my ($path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $peer, Timeout => 20) or die "connect to $peer: $@\n";
    my $request = "GET $base$path HTTP/1.1\r\nHost: $server\r\nConnection: close\r\n\r\n";
    syswrite($socket, $request) == length $request or die "send to $peer: $!\n";
    return $socket;
}

# The status and how many bytes the body had; no status where the connection broke.
sub answer {
    my ($socket) = @_;
    my $head = '';
    my $piece;
    my $read;
    while ($head !~ /\r\n\r\n/) {
        $read = sysread $socket, $head, 65536, length $head;
        return ('', 0) if !$read;
    }
    my ($status) = $head =~ m{^HTTP/1\.[01] (\d+)};
    my $body = length($head) - index($head, "\r\n\r\n") - 4;
    while ($read = sysread $socket, $piece, 262144) {
        $body += $read;
    }
    return ('', 0) if !defined $read;
    return ($status // '', $body);
}

if ($mode eq 'latency') {
    my @took;
    for my $i (1 .. 20 + $count) {
        my $began = millis();
        my ($status) = answer(ask('/tiny'));
        my $took = millis() - $began;
        $status eq '200' or die "status '$status' from $peer\n";
        push @took, sprintf '%.4f', $took if $i > 20;
    }
    print '{"ms":[', join(',', @took), "]}\n";
} elsif ($mode eq 'fetch') {
    my $began = millis();
    my ($status, $bytes) = answer(ask("/bytes/$count"));
    my $took = millis() - $began;
    $status eq '200' && $bytes == $count or die "status '$status' and $bytes bytes from $peer\n";
    printf "{\"bytes\":%d,\"ms\":%.4f}\n", $bytes, $took;
} elsif ($mode eq 'together') {
    my @open = map { eval { ask("/together/$count/$id") } } 1 .. $count;
    my $answered = 0;
    for my $socket (grep { defined } @open) {
        my ($status) = answer($socket);
        $answered++ if $status eq '200';
    }
    print "{\"answered\":$answered}\n";
} else {
    die "no mode $mode\n";
}
