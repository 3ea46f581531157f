# Glob and Grep, inside the sandbox: perl -e <this> -- glob|grep ROOT KEY=VALUE...
# Never follows a symlink, never enters .git, reads regular files only. Prints one result per line; names that are not
# plain text are quoted as git quotes them. The first line of standard output is "total N". Code 3: a bad argument.
use strict;
my ($mode, $root, @options) = @ARGV;
my %o = map { /^([^=]+)=(.*)\z/s } @options;
sub fail { syswrite STDERR, $_[0]; exit 3 }
sub shown {
    my ($name) = @_;
    my $text = $name;
    return $name if utf8::decode($text) && $text !~ /[\x00-\x1f\x7f-\x9f"\\\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]/;
    my %short = ("\n" => '\n', "\t" => '\t', "\r" => '\r', '"' => '\"', '\\' => '\\\\');
    $name =~ s/([\x00-\x1f"\\\x7f-\xff])/$short{$1} || sprintf '\\%03o', ord $1/ge;
    return "\"$name\"";
}

# A shell pattern as a regular expression over bytes; a pattern without a slash is matched against the last name.
sub pattern {
    my ($glob) = @_;
    my ($out, $open) = ('', 0);
    while ($glob =~ /\G(\*\*\/|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|\\.|\{|\}|,|.)/gs) {
        my $t = $1;
        if ($t eq '**/') { $out .= '(?:.*/)?' }
        elsif ($t eq '**') { $out .= '.*' }
        elsif ($t eq '*') { $out .= '[^/]*' }
        elsif ($t eq '?') { $out .= '(?:[\xc2-\xf4][\x80-\xbf]+|[^/])' }
        elsif ($t eq '{' && substr($glob, pos $glob) =~ /\}/) { $out .= '(?:'; $open++ }
        elsif ($t eq '}' && $open) { $out .= ')'; $open-- }
        elsif ($t eq ',' && $open) { $out .= '|' }
        elsif (length $t > 1 && $t =~ /^\[([!^]?)(.*)\]\z/s) {
            my ($not, $set) = ($1 ? '^/' : '', $2);
            $set =~ s/([\\\[\]^])/\\$1/g;
            $out .= "[$not$set]";
        }
        else { $t =~ s/^\\(.)/$1/s; $out .= quotemeta $t }
    }
    $out .= ')' x $open;
    my $compiled = eval { qr/\A(?:$out)\z/s };
    defined $compiled or fail("not a pattern: $glob");
    return $glob =~ m{/} || $o{anchored} ? sub { $_[0] =~ $compiled } : sub { substr($_[0], rindex($_[0], '/') + 1) =~ $compiled };
}

# Calls back with (path, path below the root) for every regular file, names in order.
sub walk {
    my ($visit) = @_;
    if (!-d $root) { $visit->($root, substr $root, rindex($root, '/') + 1) if -f $root; return }
    my @todo = ('');
    while (defined(my $below = shift @todo)) {
        opendir my $dir, length $below ? "$root/$below" : $root or next;
        my @deeper;
        for my $name (sort readdir $dir) {
            next if $name eq '.' || $name eq '..' || $name eq '.git';
            my $here = length $below ? "$below/$name" : $name;
            lstat "$root/$here" or next;
            if (-d _) { push @deeper, $here }
            elsif (-f _ || (-l _ && $mode eq 'glob')) { return if $visit->("$root/$here", $here) }
        }
        unshift @todo, @deeper;
    }
}

if ($mode eq 'glob') {
    my $match = pattern($o{pattern});
    my ($total, @found) = (0);
    my $prune = sub { @found = sort { $b->[0] <=> $a->[0] || $b->[1] <=> $a->[1] || $a->[2] cmp $b->[2] } @found; splice @found, $o{limit} if @found > $o{limit} };
    walk(sub {
        my ($path, $below) = @_;
        return 0 unless $match->($below);
        my $buffer = "\0" x 256;
        syscall 332, -100, $path, 0x100, 0x7ff, $buffer;
        push @found, [unpack('x112 q L', $buffer), $path];
        $total++;
        $prune->() if @found > 5000;
        return 0;
    });
    $prune->();
    print "total $total\n", map { shown($_->[2]) . "\n" } @found;
    exit 0;
}

my $text = $o{pattern};
my $wide = utf8::decode($text) && $text =~ /[^\x00-\x7f]/;
my $regex = eval {
    my $t = $wide || $o{i} ? $text : $o{pattern};
    $o{multiline} ? ($o{i} ? qr/$t/ims : qr/$t/ms) : ($o{i} ? qr/$t/im : qr/$t/m);
};
if (!defined $regex) {
    my ($why, $before) = $@ =~ m{^(.*?) in regex; marked by <-- HERE in m/(.*?) <-- HERE}s;
    $why = $@ unless defined $why;
    $why =~ s/ at -e line .*//s;
    $why .= sprintf ', at character %d, after "%s"', length $before, $before if defined $before;
    utf8::encode($why) if utf8::is_utf8($why);
    fail($why);
}
my $match = length $o{glob} ? pattern($o{glob}) : sub { 1 };
my %except = map { $_ => 1 } split /\n/, $o{except};
my %extension = map { $_ => 1 } split /,/, $o{extensions};
my $decode = $wide || $o{i} || $text =~ /\\[pPwWdDsSbB]|\.|\[/;   # elsewhere bytes match as well, and faster
my ($seen, $printed, @lines) = (0, 0);
my ($first, $last) = ($o{offset}, $o{limit} ? $o{offset} + $o{limit} : 1e15);
$| = 0;
walk(sub {
    my ($path, $below) = @_;
    return 0 if %extension && !($below =~ /\.([^.\/]+)\z/ && $extension{$1});
    return 0 unless $match->($below);
    return 0 if %except && $except{shown($path)};
    sysopen my $file, $path, 04000 or return 0;
    -f $file or return 0;
    my $size = -s _;
    read $file, my $head, 8192 or return 0;
    return 0 if $head =~ /\0/ || ($size > 256 << 20);
    seek $file, 0, 0;
    return look($path, $file);
});
printf "total %d\n%s", $seen, join '', @lines;

sub entry {
    my ($line) = @_;
    push @lines, "$line\n" if $seen >= $first && $seen < $last;
    $seen++;
    $printed += length $line;
    return $seen >= $last + 1 || $printed > 4 << 20;
}

sub look {
    my ($path, $file) = @_;
    my $name = shown($path);
    my @all;                                           # [line number, text] of matching lines
    my $count = 0;
    my ($before, $after) = ($o{B}, $o{A});
    my (@recent, $due, $shown_to);
    if ($o{multiline}) {
        local $/;
        my $all = <$file>;
        utf8::decode($all) if $decode;
        my ($at, $number) = (0, 1);
        while ($all =~ /$regex/g) {
            my ($from, $to) = ($-[0], $+[0]);
            $count++;
            return entry($name) if $o{mode} eq 'files_with_matches';
            my $start = rindex($all, "\n", $from - 1) + 1;
            $start = 0 if !$from;
            my $end = index $all, "\n", $to > $from ? $to - 1 : $to;
            $end = length $all if $end < 0;
            $number += substr($all, $at, $start - $at) =~ tr/\n// if $start > $at;
            $at = $start if $start > $at;
            my $n = $number;
            if ($o{mode} eq 'content') {
                for my $line (split /\n/, substr($all, $start, $end - $start), -1) {
                    next if defined $shown_to && $n <= $shown_to;
                    return 1 if entry(line($name, ':', $n, $line));
                }
                continue { $shown_to = $n if !defined $shown_to || $n > $shown_to; $n++ }
            }
            pos($all) = $to + 1 if $to == $from;
            last if $to >= length $all;
        }
    }
    else {
        my $n = 0;
        while (defined(my $line = <$file>)) {
            $n++;
            chomp $line;
            $line =~ s/\r\z//;
            utf8::decode($line) if $decode;
            if ($line =~ $regex) {
                $count++;
                return entry($name) if $o{mode} eq 'files_with_matches';
                if ($o{mode} eq 'content') {
                    my $from = @recent ? $recent[0][0] : $n;
                    if (($before || $after) && defined $shown_to && $from > $shown_to + 1) { return 1 if entry('--') }
                    for (@recent) { return 1 if entry(line($name, '-', @$_)) }
                    @recent = ();
                    return 1 if entry(line($name, ':', $n, $line));
                    ($due, $shown_to) = ($after, $n);
                }
            }
            elsif ($o{mode} eq 'content') {
                if ($due) { $due--; $shown_to = $n; return 1 if entry(line($name, '-', $n, $line)) }
                elsif ($before) { push @recent, [$n, $line]; shift @recent if @recent > $before }
            }
        }
    }
    return entry("$name:$count") if $count && $o{mode} eq 'count';
    return 0;
}

sub line {
    my ($name, $mark, $n, $line) = @_;
    $line = substr($line, 0, 1000) . '… [cut]' if !utf8::is_utf8($line) && length $line > 1000;
    $line = substr($line, 0, 1000) . "\x{2026} [cut]" if utf8::is_utf8($line) && length $line > 1000;
    utf8::encode($line) if utf8::is_utf8($line);
    return $name . $mark . ($o{n} ? $n . $mark : '') . $line;
}
