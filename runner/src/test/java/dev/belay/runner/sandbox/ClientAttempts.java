package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;

import java.util.List;

/** The same by the programs that projects use. */
final class ClientAttempts {
    static final List<Attempt> ALL = List.of(
            at(
                            "host-files",
                            "python reads a file outside",
                            "python3 -c 'import os; open(os.environ[\"CANARY\"]).read()'")
                    .with("python3"),
            at(
                            "host-files",
                            "python maps a file outside",
                            "python3 -c 'import os, mmap; f = open(os.environ[\"CANARY\"]); mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:]'")
                    .with("python3"),
            at(
                            "host-processes",
                            "python signals a process outside",
                            "python3 -c 'import os; os.kill(int(os.environ[\"VICTIM\"]), 0)'")
                    .with("python3"),
            at(
                            "user-namespaces",
                            "python makes a user namespace",
                            "python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000) != 0)'")
                    .with("python3"),
            at(
                            "host-ipc",
                            "python attaches shared memory outside",
                            "python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL(None).shmget(int(os.environ[\"KEY\"]), 8, 0) < 0)'")
                    .with("python3"),
            at("host-files", "node reads a file outside", "node -e 'require(\"fs\").readFileSync(process.env.CANARY)'")
                    .with("node"),
            at("host-processes", "node signals a process outside", "node -e 'process.kill(+process.env.VICTIM, 0)'")
                    .with("node"),
            at(
                            "host-sockets",
                            "node connects to a socket outside",
                            "node -e 'require(\"net\").connect(process.env.SOCKET).on(\"connect\", () => process.exit(0)).on(\"error\", () => process.exit(1))'")
                    .with("node"),
            at("host-files", "java starts a program by a file outside", "java @$ARGUMENTS -version")
                    .with("java"),
            at(
                            "host-files",
                            "make includes a file outside",
                            "printf 'include $(SETTINGS_MK)\\nall:;@test -n \"$(BELAY)\"\\n' > Makefile; make -s all")
                    .with("make"),
            at("host-files", "tar takes a file outside", "tar -cf t $CANARY"),
            at(
                    "host-files",
                    "tar writes through a link",
                    "mkdir in; ln -s \"${CANARY%/*}\" in/d; tar -cf t in; tar -xf t; test -e in/d/canary"),
            at("host-files", "cp follows a link", "ln -s $CANARY l; cp -L l copy"),
            at("host-files", "dd reads a file outside", "dd if=$CANARY of=copy"),
            at("host-files", "find leaves the workspace", "find \"${CANARY%/*}\" -name canary | grep -q ."),
            at("host-files", "curl reads a file outside", "curl -sf file://$CANARY")
                    .with("curl"),
            at("host-files", "a shell sources a file outside", ". $SETTINGS_SH; test \"$BELAY\" = canary"),
            at("host-files", "perl obeys a file outside", "perl -e 'exit(do $ENV{SETTINGS_PL} ? 0 : 1)'"),
            at(
                            "read-only-tree",
                            "leave a module for every python",
                            "test -w /usr/lib/python3/dist-packages || test -w /usr/local/lib")
                    .control("test -w ."),
            at(
                            "read-only-tree",
                            "leave a module for every perl",
                            "perl -e 'use filetest q(access); for (@INC) { exit 0 if -w } exit 1'")
                    .control("perl -I. -e 'use filetest q(access); for (@INC) { exit 0 if -w } exit 1'"),
            at(
                            "read-only-tree",
                            "leave a program in the path",
                            "for d in $(echo $PATH | tr : ' '); do test -w $d && exit 0; done; exit 1")
                    .control("PATH=.:$PATH; for d in $(echo $PATH | tr : ' '); do test -w $d && exit 0; done; exit 1"),
            at("read-only-tree", "install a package", "test -w /var/lib/dpkg || test -w /usr/lib")
                    .control("test -w ."));

    private ClientAttempts() {}
}
