# Becomes bubblewrap: joins the cgroups, takes the sandbox's uid, and hands on no descriptor but 0, 1, 2, the filter's and
# the status's (which bubblewrap closes). Arguments: uid, filter file, cgroup.procs files joined by commas, bwrap, its arguments.
my ($uid, $filter, $cgroups, $bwrap, @arguments) = @ARGV;
$uid += 0;    # syscall passes a string as an address
$^F = 9;
syscall 436, 3, 0xffffffff, 0;
sub fail { print STDERR "start: $_[0]: $!\n"; exit 125 }
for my $path (split /,/, $cgroups) {
    open my $file, '>', $path or fail("open of $path");
    defined syswrite $file, "$$\n" or fail("write of $path");
    close $file;
}
open my $rules, '<', $filter or fail("open of $filter");
open my $status, '>&', \*STDERR or fail('dup of the status');
my @descriptors = ('--seccomp', fileno $rules, '--json-status-fd', fileno $status);
if ($uid) {
    my $none = '';
    (syscall(116, 0, $none) == 0 && syscall(119, $uid, $uid, $uid) == 0 && syscall(117, $uid, $uid, $uid) == 0)
        or fail("taking uid $uid");
}
exec {$bwrap} $bwrap, @descriptors, @arguments or fail("exec of $bwrap");
