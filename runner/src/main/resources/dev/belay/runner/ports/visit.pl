# Carries bytes between its own standard input and output and what listens on a port of this sandbox. No modules: what runs
# the hand runs this. One byte on standard output says that it is connected; where nothing listens it ends with 7.
# The end of its input is the end of what the other side is sent; the end of what that one sends is the end of all, with 0.
# Where that one breaks off it ends with 8, after all that came before; and where this one is killed, that one is reset.
my ($port) = @ARGV;
sub MOST () { 262144 }
$SIG{PIPE} = 'IGNORE';
my ($peer, $connected);
for my $to ([2, pack('S n C4 x8', 2, $port, 127, 0, 0, 1)], [10, pack('S n N a16 N', 10, $port, 0, "\0" x 15 . "\1", 0)]) {
    socket $peer, $to->[0], 1, 0 or next;
    last if $connected = connect $peer, $to->[1];
}
exit 7 unless $connected;
setsockopt $peer, 6, 1, 1;                              # TCP_NODELAY
setsockopt $peer, 1, 13, pack 'ii', 1, 0;               # SO_LINGER
syswrite STDOUT, '+';
for my $handle (*STDIN, *STDOUT, $peer) { fcntl $handle, 4, 2048 | fcntl $handle, 3, 0 }

my ($up, $down, $last, $shut, $cut) = ('', '', 0, 0, 0);
while (1) {
    my ($reads, $writes) = ('', '');
    vec($reads, 0, 1) = 1 if !$last && length $up < MOST;
    vec($reads, fileno $peer, 1) = 1 if length $down < MOST;
    vec($writes, fileno $peer, 1) = 1 if length $up;
    vec($writes, 1, 1) = 1 if length $down;
    next if select($reads, $writes, undef, undef) < 0;
    if (vec $writes, 1, 1) { sent(*STDOUT, \$down) or exit 0 }
    if (vec($writes, fileno $peer, 1) && !sent($peer, \$up)) {
        $cut = 1 if $! != 32;                           # EPIPE: it only reads no more
        ($up, $last, $shut) = ('', 1, 1);
    }
    if (vec $reads, 0, 1) {
        my $n = sysread STDIN, $up, 65536, length $up;
        $last = 1 if defined $n ? !$n : !later();
    }
    if (vec $reads, fileno $peer, 1) {
        my $n = sysread $peer, $down, 65536, length $down;
        $cut = 1 if !defined $n && !later();
        last if $cut || defined $n && !$n;
    }
    if ($last && !length $up && !$shut) { shutdown $peer, 1; $shut = 1 }
}
fcntl STDOUT, 4, ~2048 & fcntl STDOUT, 3, 0;
while (length $down) {
    my $n = syswrite STDOUT, $down;
    last unless defined $n;
    substr($down, 0, $n, '');
}
exit 8 if $cut;
setsockopt $peer, 1, 13, pack 'ii', 0, 0;

sub later { return $! == 11 || $! == 4 }

sub sent {
    my ($to, $bytes) = @_;
    my $n = syswrite $to, $$bytes;
    return 0 if !defined $n && !later();
    substr($$bytes, 0, $n || 0, '');
    return 1;
}
