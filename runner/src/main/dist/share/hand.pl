#!/usr/bin/perl
# The hand: the first process of a sandbox. It runs commands and touches files for the runner, by frames over its
# standard input and output. No modules: perl and its C library are all it needs. Arguments: pids of children that the engine
# gave it, which belong to no command.
#
# A frame, both ways:  type (1 byte)  id (u32)  length (u32)  payload        big-endian, payload at most 8 MiB
#
#   runner -> hand                                            hand -> runner
#   R run     flags C, keep-above N, output limit Q,          O E   a chunk of standard output, error
#             argc N, then N/a* each: directory, keep-file,   C     where the command's shell stood at its end
#             argv..., NAME=VALUE...                          X     ended: code N, flags C, bytes printed Q
#   I Z       input, end of input                             A     input taken by the command: bytes N
#   K         kill the command and all it started             N     refused or failed: errno N, text; ends the id
#   A         output taken by the runner: bytes N             D     read: file size Q, bytes
#   r read    offset Q, limit N, path                         W     written
#   w write   N/a* path, content                              S     status: kind a1, size Q, mode N, mtime ns Q
#   s status  path                                            G     pong; one with id 0 is sent at the start
#   P         ping
#
# Guarantees
#  - Nothing inside can write frames: this process and its supervisors are not dumpable, so /proc/1/fd is closed to
#    everybody, and a command gets descriptors 0, 1, 2 (and 3 when its directory is asked for) and no other.
#  - X is sent when nothing of a command is left. However it forked, its processes stay below its supervisor (a child
#    subreaper); when they kill or stop the supervisor, they fall to the hand, which kills whatever is not a supervisor.
#  - One command cannot starve another: a chunk per stream and round, and no more than WINDOW bytes that the runner has
#    not taken. The end of a command is the end of its main process, never the end of its streams.
#  - No request blocks the loop: input is queued, files are opened without waiting, only regular files are read.
#  - A frame that breaks the protocol ends the hand, and with pid 1 everything in the sandbox.

# Numbers of x86_64; on another architecture getpid is another call and the hand refuses to start.
sub DUMPABLE () { syscall 157, 4, 0, 0, 0, 0 }       # prctl(PR_SET_DUMPABLE, 0)
sub SUBREAPER () { syscall 157, 36, 1, 0, 0, 0 }     # prctl(PR_SET_CHILD_SUBREAPER, 1)
DUMPABLE() == 0 && syscall(39) == $$ or die "hand: not a kernel of x86_64\n";
SUBREAPER();

sub MAX () { 8 << 20 }            # payload of a frame
sub CHUNK () { 65536 }            # read from one stream in one round
sub WINDOW () { 1 << 20 }         # output, and input, of one command that the other side has not taken
sub BACKLOG () { 2 << 20 }        # frames not yet written, above which no output is read
sub KEPT () { 64 << 20 }          # size of a keep-file
sub LATE () { 2 << 20 }           # read from one command's streams after its end
sub COMMANDS () { 240 }           # side by side; four descriptors each

sub INPUT () { 1 }                # flags of R
sub DIRECTORY () { 2 }
sub BACKGROUND () { 4 }
sub QUIET () { 8 }

umask 022;
binmode $_ for *STDIN, *STDOUT;
my @handled = qw(HUP INT QUIT PIPE ALRM TERM USR1 USR2 TSTP TTIN TTOU FPE VTALRM PROF XCPU XFSZ IO WINCH URG);
my %command;                      # id => what is known of a running command
my %supervisor;                   # pid => id
my %spared = map { $_ => 1 } @ARGV;
my @perl = interpreter();
my ($in, $out, $sweeping) = ('', '', 0);

pipe my $wake, my $waker or die "hand: $!\n";
nonblocking($_) for $wake, $waker, *STDOUT;
$SIG{CHLD} = sub { syswrite $waker, '.' };
$SIG{$_} = 'IGNORE' for @handled;
emit('G', 0, '');

while (1) {
    flush();
    my ($reads, $writes) = ('', '');
    vec($reads, 0, 1) = 1;
    vec($reads, fileno $wake, 1) = 1;
    vec($writes, 1, 1) = 1 if length $out;
    my $pause;
    my $room = length $out < BACKLOG;
    for my $c (values %command) {
        vec($writes, fileno $c->{in}, 1) = 1 if $c->{in} && length $c->{queue};
        next unless $room && ($c->{window} > 0 || $c->{doomed});
        $pause = 0 if $c->{ended};
        vec($reads, fileno $c->{$_}, 1) = 1 for grep { $c->{$_} } 'out', 'err';
    }
    $pause = 0.002 if $sweeping && !defined $pause;
    my $ready = select $reads, $writes, undef, $pause;
    ($reads, $writes) = ('', '') if $ready < 0;

    if (vec $reads, fileno $wake, 1) { sysread $wake, my $dots, 4096 }
    reap();
    sweep() if $sweeping;
    for my $id (keys %command) {
        my $c = $command{$id};
        feed($id, $c) if $c->{in} && length $c->{queue} && vec $writes, fileno $c->{in}, 1;
        for my $stream ('out', 'err') {
            next unless $c->{$stream} && $room && ($c->{window} > 0 || $c->{doomed});
            take($id, $c, $stream) if $c->{ended} || vec $reads, fileno $c->{$stream}, 1;
        }
        finish($id, $c) if $c->{ended} && !$c->{out} && !$c->{err};
    }
    listen_to_runner() if vec $reads, 0, 1;
}

# ---- the channel

sub emit {
    my ($type, $id, $payload) = @_;
    $out .= pack('aNN', $type, $id, length $payload) . $payload;
}

sub flush {
    while (length $out) {
        my $n = syswrite STDOUT, $out, 1 << 18;
        if (!defined $n) {
            return if $! == 11 || $! == 4;
            quit(0);
        }
        substr($out, 0, $n, '');
    }
}

sub refuse {
    my ($id, $errno, $text) = @_;
    $! = $errno;
    emit('N', $id, pack('Na*', $errno, defined $text ? $text : "$!"));
}

sub listen_to_runner {
    my $n = sysread STDIN, $in, 1 << 18, length $in;
    return if !defined $n && ($! == 4 || $! == 11);
    quit(0) unless $n;
    while (length $in >= 9) {
        my ($type, $id, $length) = unpack 'aNN', $in;
        quit(3) if $length > MAX;
        last if length $in < 9 + $length;
        my $payload = substr $in, 9, $length;
        substr($in, 0, 9 + $length, '');
        frame($type, $id, $payload);
    }
}

sub frame {
    my ($type, $id, $payload) = @_;
    my $c = $command{$id};
    if ($type eq 'P') { emit('G', $id, '') }
    elsif ($type eq 'R') { quit(3) if $c; run($id, $payload) }
    elsif ($type eq 'r') { file_read($id, $payload) }
    elsif ($type eq 'w') { file_write($id, $payload) }
    elsif ($type eq 's') { file_status($id, $payload) }
    elsif ($type !~ /^[IZKA]$/) { quit(3) }
    # What follows may cross the X of its command on the way: that is no error.
    elsif (!$c) { return }
    elsif ($type eq 'I') {
        if (!$c->{in}) { emit('A', $id, pack 'N', length $payload); return }
        $c->{queue} .= $payload;
        quit(3) if length $c->{queue} > WINDOW;
    }
    elsif ($type eq 'Z') { $c->{last} = 1; close_input($c) unless length $c->{queue} }
    elsif ($type eq 'K') { doom($c) }
    else { quit(3) if length $payload != 4; $c->{window} += unpack 'N', $payload; quit(3) if $c->{window} > WINDOW }
}

# As pid 1 the end of the hand is the end of everything; elsewhere (tests) nothing may be left either.
sub quit {
    my ($code) = @_;
    if ($$ != 1) {
        $_->{doomed} = 1 for values %command;
        for (1 .. 500) { last if sweep(); select undef, undef, undef, 0.002 }
    }
    syscall 231, $code;
}

sub nonblocking { my ($handle) = @_; fcntl $handle, 4, 2048 | fcntl $handle, 3, 0 }

# ---- commands

sub run {
    my ($id, $payload) = @_;
    my ($flags, $above, $limit, $argc, @strings) = unpack 'CNQ>N(N/a*)*', $payload;
    quit(3) if $argc < 1 || @strings < $argc + 2 || pack('CNQ>N(N/a*)*', $flags, $above, $limit, $argc, @strings) ne $payload;
    my ($directory, $keep, @rest) = @strings;
    my @argv = splice @rest, 0, $argc;
    return refuse($id, 11, 'too many commands side by side') if keys %command >= COMMANDS;
    splice @argv, 0, 1, @perl if $argv[0] eq '/usr/bin/perl' && !-x $argv[0];

    my ($ir, $iw, $or, $ow, $er, $ew, $nr, $nw);
    pipe $or, $ow and pipe $er, $ew and pipe $nr, $nw and (!($flags & INPUT) || pipe $ir, $iw) or return refuse($id, $! + 0);
    my $pid = fork;
    return refuse($id, $! + 0) unless defined $pid;
    if (!$pid) {
        %command = ();
        supervise($flags, $directory, \@argv, \@rest, $nw, $ir, $ow, $ew, sub { undef $_ for $iw, $or, $er, $nr });
    }
    nonblocking($_) for grep { defined } $or, $er, $nr, $iw;
    $supervisor{$pid} = $id;
    my $c = $command{$id} = {
        pid => $pid, flags => $flags, out => $or, err => $er, note => $nr, in => $iw, queue => '', window => WINDOW,
        total => 0, limit => $limit, keep => $keep, above => $above, held => '', code => 0, late => LATE,
    };
    keep_open($c) if length $keep && !$above;
}

# What runs this very program: an image may have no perl of its own, and tools ask for one.
sub interpreter {
    open my $file, '<', '/proc/self/cmdline' or return ();
    my @words = split /\0/, join '', <$file>;
    return @words[0 .. $#words - @ARGV - 1];
}

# The supervisor: below it everything that the command starts stays findable. It ends with the command's code, after it
# has killed what a foreground command left behind; those of a background command it lets live.
sub supervise {
    my ($flags, $directory, $argv, $environment, $nw, $ir, $ow, $ew, $let_go) = @_;
    $SIG{CHLD} = 'DEFAULT';
    SUBREAPER();
    $let_go->();
    close $_ for *STDIN, *STDOUT, $wake, $waker;
    my $main = fork;
    if (!defined $main) { syswrite $nw, '!' . ($! + 0); syscall 231, 126 }
    if (!$main) {
        syscall 112;                                   # setsid
        $SIG{$_} = 'DEFAULT' for @handled;
        $ir or sysopen $ir, '/dev/null', 0;
        if ($ir) { syscall 33, fileno $ir, 0 }
        syscall 33, fileno $ow, 1;
        syscall 33, fileno $ew, 2;
        if (chdir $directory) {
            /^([^=]+)=(.*)\z/s and $ENV{$1} = $2 for @$environment;
            # Descriptor 3 outlives exec only when the directory is asked for; the original closes on exec.
            syscall 33, fileno $nw, 3 if $flags & DIRECTORY;
            exec { $argv->[0] } @$argv;
        }
        syswrite $nw, '!' . ($! + 0);
        syscall 231, 126;
    }
    undef $_ for $nw, $ir, $ow, $ew;
    close STDERR;
    my $code = 0;
    while ((my $pid = waitpid -1, 0) > 0 || $! == 4) {
        next unless $pid == $main;
        $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
        last unless $flags & BACKGROUND;
    }
    while (waitpid(-1, 1) >= 0) {                      # 0: something lives; -1: no child is left
        hunt(sub { below($_[0], $$) });
        select undef, undef, undef, 0.001 if waitpid(-1, 1) == 0;
    }
    syscall 231, $code;
}

sub feed {
    my ($id, $c) = @_;
    my $n = syswrite $c->{in}, $c->{queue}, CHUNK;
    if (!defined $n) {
        return if $! == 11 || $! == 4;
        $n = length $c->{queue};                       # nobody reads any more: taken, and lost
        $c->{last} = 1;
    }
    substr($c->{queue}, 0, $n, '');
    emit('A', $id, pack 'N', $n);
    close_input($c) if $c->{last} && !length $c->{queue};
}

sub close_input { my ($c) = @_; close $c->{in} if $c->{in}; delete $c->{in} }

sub take {
    my ($id, $c, $stream) = @_;
    my $n = sysread $c->{$stream}, my $bytes, CHUNK;
    if (!$n) {
        return if !defined $n && !$c->{ended} && ($! == 11 || $! == 4);
        delete $c->{$stream};
        return;
    }
    $c->{total} += $n;
    keep($c, $bytes) if length $c->{keep};
    if (!($c->{flags} & QUIET) && $c->{window} > 0) {   # of a doomed command what finds no room is dropped
        emit($stream eq 'out' ? 'O' : 'E', $id, $bytes);
        $c->{window} -= $n;
    }
    if ($c->{total} > $c->{limit} && !$c->{over}) { $c->{over} = 1; doom($c) }
    delete @$c{'out', 'err'} if $c->{ended} && ($c->{late} -= $n) <= 0;
}

# Output is kept in memory up to the command's bound, and beyond it all in a file; the first KEPT bytes of it.
sub keep {
    my ($c, $bytes) = @_;
    if (!$c->{file}) {
        $c->{held} .= $bytes;
        return if length $c->{held} <= $c->{above};
        keep_open($c) or return;
        $bytes = delete $c->{held};
    }
    $bytes = substr $bytes, 0, KEPT - $c->{kept} if $c->{kept} + length $bytes > KEPT;
    while (length $bytes) {
        my $n = syswrite $c->{file}, $bytes;
        if (!$n) { $c->{kept} = KEPT; return }
        $c->{kept} += $n;
        substr($bytes, 0, $n, '');
    }
}

sub keep_open {
    my ($c) = @_;
    parents($c->{keep});
    unlink $c->{keep};
    if (sysopen my $file, $c->{keep}, 0301 | 0400000, 0644) {   # O_WRONLY|O_CREAT|O_EXCL, O_NOFOLLOW
        @$c{'file', 'kept'} = ($file, 0);
        return 1;
    }
    $c->{keep} = '';
    return 0;
}

sub finish {
    my ($id, $c) = @_;
    my $note = '';
    sysread $c->{note}, $note, 4098;
    delete $command{$id};
    if ($note =~ /^!(\d+)\z/ && $c->{code} == 126) { refuse($id, $1); return }
    emit('C', $id, $1) if $c->{flags} & DIRECTORY && length $note <= 4097 && $note =~ m{^(/.*)\n\z}s;
    my $how = ($c->{doomed} ? 1 : 0) | ($c->{over} ? 2 : 0) | ($c->{file} ? 4 : 0);
    emit('X', $id, pack 'NCQ>', $c->{code}, $how, $c->{total});
}

# ---- the end of processes

sub doom { my ($c) = @_; return if $c->{ended}; $c->{doomed} = 1; $sweeping = 1 }

sub reap {
    while ((my $pid = waitpid -1, 3) > 0) {            # WNOHANG | WUNTRACED
        my $status = $?;
        delete $spared{$pid};
        my $id = $supervisor{$pid};
        next unless defined $id;                       # an orphan of a supervisor that was killed
        my $c = $command{$id};
        if (!$status && kill 0, $pid) { doom($c); next }   # stopped ($? is 0 then): as good as dead
        delete $supervisor{$pid};
        if ($status & 127) {
            $c->{code} = 128 + ($status & 127);
            $c->{orphaned} = $sweeping = 1;
        }
        else { $c->{code} = $status >> 8; $c->{ended} = 1 }
    }
}

# Kills the trees of doomed commands, and what fell to the hand. True, and those commands ended, when nothing is left.
sub sweep {
    my $left = hunt(sub {
        my ($children) = @_;
        my @roots = map { $_->{pid} } grep { $_->{doomed} && $supervisor{ $_->{pid} } } values %command;
        push @roots, grep { !$supervisor{$_} && !$spared{$_} } @{ $children->{$$} || [] };
        return (@roots, map { below($children, $_) } @roots);
    });
    reap();
    return 0 if $left;
    return 0 if grep { $_->{doomed} && $supervisor{ $_->{pid} } } values %command;
    $_->{ended} = 1 for grep { $_->{orphaned} } values %command;
    $sweeping = 0;
    return 1;
}

# Stops those that $prey chooses until no new one appears (a stopped process cannot fork), then kills them. Returns how
# many lived at the first look. What it looks at is one reading of /proc at a time. Meanwhile the ends of children are one
# signal that waits: perl itself ends where more than 120 of them reach it in the middle of one kill.
sub hunt {
    my ($prey) = @_;
    my ($first, %stopped);
    my $chld = pack 'Q', 1 << 16;
    syscall 14, 0, $chld, 0, 8;                        # rt_sigprocmask(SIG_BLOCK)
    for (1 .. 100) {
        my ($children, $alive) = census();
        my @found = grep { $alive->{$_} && !$stopped{$_} } $prey->($children);
        $first = @found unless defined $first;
        last unless @found;
        $stopped{$_} = 1 for @found;
        kill 'STOP', @found;
    }
    kill 'KILL', keys %stopped;
    syscall 14, 1, $chld, 0, 8;                        # SIG_UNBLOCK
    return $first;
}

sub below {
    my ($children, $root) = @_;
    my @found = my @next = @{ $children->{$root} || [] };
    while (defined(my $pid = shift @next)) {
        my @more = @{ $children->{$pid} || [] };
        push @found, @more;
        push @next, @more;
    }
    return @found;
}

# parent => [children], and pid => lives. A zombie that still has threads lives.
sub census {
    my (%children, %alive);
    opendir my $proc, '/proc' or return ({}, {});
    while (defined(my $pid = readdir $proc)) {
        next unless $pid =~ /^\d+\z/ && sysopen my $stat, "/proc/$pid/stat", 0;
        sysread $stat, my $line, 4096 or next;
        my @field = split ' ', substr $line, rindex($line, ')') + 1;
        push @{ $children{ $field[1] } }, $pid;
        $alive{$pid} = 1 unless $field[0] =~ /[ZX]/ && $field[17] < 2;
    }
    return (\%children, \%alive);
}

# ---- files

sub file_read {
    my ($id, $payload) = @_;
    my ($offset, $limit, $path) = unpack 'Q>Na*', $payload;
    quit(3) if $limit > MAX - 8;
    sysopen my $file, $path, 04000 | 0400 or return refuse($id, $! + 0);       # O_NONBLOCK, O_NOCTTY
    stat $file or return refuse($id, $! + 0);
    return refuse($id, -d _ ? 21 : 22, -d _ ? undef : 'not a regular file') unless -f _;
    my $size = -s _;
    sysseek $file, $offset, 0 or return refuse($id, $! + 0) if $offset;
    my $bytes = '';
    while (length $bytes < $limit) {
        my $n = sysread $file, $bytes, $limit - length $bytes, length $bytes;
        return refuse($id, $! + 0) unless defined $n;
        last unless $n;
    }
    emit('D', $id, pack('Q>', $size) . $bytes);
}

# A temporary file in the same directory, then rename: a reader sees the old content or the new. A symlink is written
# through. What the mode or the mount forbids to write stays forbidden, though the rename alone would be allowed.
sub file_write {
    my ($id, $payload) = @_;
    my ($path, $content) = unpack 'N/a* a*', $payload;
    for (1 .. 40) {
        my $target = readlink $path;
        last unless defined $target;
        $path = $target =~ m{^/} ? $target : ($path =~ m{^(.*/)}s)[0] . $target;
    }
    return refuse($id, 40) if -l $path;
    my $mode;
    if (stat $path) {
        return refuse($id, -d _ ? 21 : 22, -d _ ? undef : 'not a regular file') unless -f _;
        $mode = (stat _)[2] & 0777;
        return refuse($id, $! + 0) if syscall(21, $path, 2) != 0;              # access(W_OK)
    }
    elsif ($! != 2) { return refuse($id, $! + 0) }
    parents($path) or return refuse($id, $! + 0);
    return refuse($id, 21) if $path =~ m{/\z};
    my $temporary = ($path =~ m{^(.*/)}s)[0] . ".belay-write-$$";
    unlink $temporary;
    sysopen my $file, $temporary, 0301 | 0400000, 0666 or return refuse($id, $! + 0);
    while (length $content) {
        my $n = syswrite $file, $content;
        if (!$n) { my $errno = $! + 0; unlink $temporary; return refuse($id, $errno) }
        substr($content, 0, $n, '');
    }
    if (defined $mode && !chmod($mode, $file) || !close $file || !rename $temporary, $path) {
        my $errno = $! + 0;
        unlink $temporary;
        return refuse($id, $errno);
    }
    emit('W', $id, '');
}

sub parents {
    my ($path) = @_;
    my $at = index $path, '/', 1;
    if ($path =~ m{^(.+)/}s && -d $1) { return 1 }
    for (; $at > 0; $at = index $path, '/', $at + 1) {
        mkdir substr($path, 0, $at), 0777 or $! == 17 || -d substr($path, 0, $at) or return 0;
    }
    return 1;
}

sub file_status {
    my ($id, $path) = @_;
    my $buffer = "\0" x 256;
    if (syscall(332, -100, $path, 0, 0x7ff, $buffer) != 0) {                   # statx
        return refuse($id, $! + 0) unless $! == 2 || $! == 20;
        return emit('S', $id, pack 'aQ>NQ>', 'a', 0, 0, 0);
    }
    my ($mode, $size, $seconds, $nanos) = unpack 'x28 S x10 Q x64 q L', $buffer;
    my $kind = ($mode & 0170000) == 0100000 ? 'f' : ($mode & 0170000) == 0040000 ? 'd' : 'o';
    emit('S', $id, pack 'aQ>NQ>', $kind, $size, $mode & 07777, $seconds * 1000000000 + $nanos);
}
