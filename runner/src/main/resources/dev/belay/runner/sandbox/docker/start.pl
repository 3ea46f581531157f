# The first program of a container: opens the channel, leaves the relay behind, and becomes the hand. No modules.
# Arguments: the hand's command. Of the environment it hands on what BELAY_VARIABLES names.
#
# The relay listens where the gateway is expected and passes each connection on to the runner by the unix socket, as it is:
# both directions, and the end of each. It knows nothing of what is said. Without it nothing leaves: it fails closed.
sub GATE () { '/run/belay-io/gate' }
sub CONNECTIONS () { 256 }
sub BUFFER () { 1 << 16 }
sub OPEN_FILES () { 1 << 16 }

my %named = map { $_ => 1 } split /,/, $ENV{BELAY_VARIABLES};
delete @ENV{ grep { !$named{$_} } keys %ENV };

# First of all, so that the runner hears what is wrong.
sysopen STDERR, '/run/belay-io/err', 1 or exit 120;
sub fail { print STDERR "start: $_[0]: $!\n"; exit 125 }
sysopen STDIN, '/run/belay-io/in', 0 or fail('the channel in');
sysopen STDOUT, '/run/belay-io/out', 1 or fail('the channel out');
if (!-x '/bin/sh') { print STDERR "start: the image has no /bin/sh: commands need one\n"; exit 125 }

# Not by Docker: a limit above that of its daemon would be refused.
my ($now, $none) = ("\0" x 16, 0);
syscall(302, 0, 7, $none, $now) == 0 or fail('prlimit64');
my (undef, $hard) = unpack 'QQ', $now;
$hard = OPEN_FILES if $hard > OPEN_FILES;
my $then = pack 'QQ', $hard, $hard;
syscall(302, 0, 7, $then, $none) == 0 or fail('prlimit64');

socket my $listener, 2, 1, 0 or fail('a socket');
setsockopt $listener, 1, 2, pack('i', 1) or fail('SO_REUSEADDR');
bind $listener, pack('Sna4x8', 2, 3128, "\x7f\0\0\1") or fail('listening at 127.0.0.1:3128');
listen $listener, 128 or fail('listening');

my $relay = fork;
defined $relay or fail('fork');
relay() if !$relay;
exec { $ARGV[0] } @ARGV, $relay or fail("exec of $ARGV[0]");

sub relay {
    syscall 157, 4, 0, 0, 0, 0;    # not dumpable: nobody inside opens its descriptors or its memory
    syscall 112;                   # setsid
    $SIG{$_} = 'IGNORE' for qw(HUP INT QUIT PIPE ALRM TERM USR1 USR2 TSTP TTIN TTOU);
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    nonblocking($listener);
    my @pairs;
    while (1) {
        my ($reads, $writes) = ('', '');
        vec($reads, fileno $listener, 1) = 1 if @pairs < CONNECTIONS;
        for my $way (map { @$_ } @pairs) {
            vec($reads, fileno $way->{from}, 1) = 1 if !$way->{read} && length $way->{held} < BUFFER;
            vec($writes, fileno $way->{to}, 1) = 1 if length $way->{held};
        }
        next if select($reads, $writes, undef, undef) < 0;
        for my $way (map { @$_ } @pairs) {
            take($way) if vec $reads, fileno $way->{from}, 1;
            give($way);
        }
        @pairs = grep { !$_->[0]{over} || !$_->[1]{over} } @pairs;
        if (vec($reads, fileno $listener, 1) && accept my $client, $listener) {
            my $runner;
            if (socket($runner, 1, 1, 0) && connect $runner, pack 'Sa108', 1, GATE) {
                nonblocking($_) for $client, $runner;
                push @pairs, [{ from => $client, to => $runner, held => '' }, { from => $runner, to => $client, held => '' }];
            }
        }
    }
}

sub nonblocking { my ($handle) = @_; fcntl $handle, 4, 2048 | fcntl $handle, 3, 0 }

sub take {
    my ($way) = @_;
    my $n = sysread $way->{from}, $way->{held}, BUFFER, length $way->{held};
    return if !defined $n && ($! == 11 || $! == 4);
    $way->{read} = 1 if !$n;
}

# What is held goes on, then the end of it: so the other direction may go on for as long as it likes.
sub give {
    my ($way) = @_;
    if (length $way->{held}) {
        my $n = syswrite $way->{to}, $way->{held};
        if (defined $n) { substr $way->{held}, 0, $n, '' }
        elsif ($! != 11 && $! != 4) { $way->{held} = ''; $way->{read} = 1; shutdown $way->{from}, 0 }
    }
    if ($way->{read} && !length $way->{held} && !$way->{over}) { shutdown $way->{to}, 1; $way->{over} = 1 }
}
