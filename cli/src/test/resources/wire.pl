#!/usr/bin/perl
# A wire between two network interfaces of this network namespace, as bad as it is told to be.
#
#   wire.pl ONE OTHER
#
# Lines on stdin, each answered by "ok": `cut both`, `cut there` (ONE to OTHER), `cut back`, `cut none`; `delay MS`, each way;
# `loss PERCENT`, `twice PERCENT`, `late PERCENT` (overtaken by what came after it). Ends at the end of stdin. The randomness
# has a seed. No perl module.
use strict;
use warnings;

my ($AF_PACKET, $SOCK_RAW, $ALL, $SIOCGIFINDEX, $OUTGOING) = (17, 3, 3, 0x8933, 4);
srand 20261122;
$| = 1;

sub attached {
    my ($name) = @_;
    socket my $socket, $AF_PACKET, $SOCK_RAW, unpack('S', pack 'n', $ALL) or die "socket: $!";
    my $request = pack 'a16 x24', $name;
    ioctl $socket, $SIOCGIFINDEX, $request or die "$name: $!";
    bind $socket, pack('S n i S C C a8', $AF_PACKET, $ALL, unpack('x16 i', $request), 0, 0, 0, '') or die "bind $name: $!";
    return $socket;
}

my @end = (attached($ARGV[0]), attached($ARGV[1]));
my %is = (cut => 'none', delay => 0, loss => 0, twice => 0, late => 0);
my %cuts = (none => [0, 0], both => [1, 1], there => [1, 0], back => [0, 1]);
my @waiting;    # [when, to, frame], soonest first

my $timespec = pack 'q2', 0, 0;
sub now {    # CLOCK_BOOTTIME: nobody sets it
    syscall 228, 7, $timespec;
    my ($seconds, $nanos) = unpack 'q2', $timespec;
    return $seconds + $nanos / 1e9;
}

sub happens { return rand(100) < $_[0] }

sub carry {
    my ($from, $at) = @_;
    my $sender = recv $end[$from], my $frame, 65536, 0x40;
    return 0 if !defined $sender;
    return 1 if unpack('x10 C', $sender) == $OUTGOING || $cuts{$is{cut}}[$from] || happens($is{loss});
    my $due = $at + $is{delay} / 1000 + (happens($is{late}) ? 0.02 : 0);
    for (1 .. (happens($is{twice}) ? 2 : 1)) {
        my $place = @waiting;
        $place-- while $place > 0 && $waiting[$place - 1][0] > $due;
        splice @waiting, $place, 0, [$due, 1 - $from, $frame];
    }
    return 1;
}

while (1) {
    my $wanted = '';
    vec($wanted, fileno $_, 1) = 1 for @end, \*STDIN;
    my $left = @waiting ? $waiting[0][0] - now() : 1;
    select my $found = $wanted, undef, undef, $left > 0 ? $left : 0;
    my $at = now();
    if (vec $found, fileno STDIN, 1) {
        my $line = '';
        while ($line !~ /\n$/) { sysread(STDIN, $line, 1, length $line) or exit }
        my ($what, $how) = split ' ', $line;
        die "what is $line" if !exists $is{$what} || ($what eq 'cut' && !$cuts{$how});
        $is{$what} = $how;
        syswrite STDOUT, "ok\n";
    }
    for my $from (0, 1) { 1 while carry($from, $at) }
    while (@waiting && $waiting[0][0] <= $at) {
        my (undef, $to, $frame) = @{shift @waiting};
        send $end[$to], $frame, 0;    # an interface that is down loses it, as a wire would
    }
}
