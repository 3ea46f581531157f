package dev.belay.runner.hands;

import static dev.belay.runner.hands.PatchCase.of;

import java.util.stream.Stream;

/** Patches as models write them, well and badly. */
final class PatchCases {
    private static final String FIVE = "one\ntwo\nthree\nfour\nfive\n";
    private static final String CLASSES = """
        class A:
            def run(self):
                return 1

        class B:
            def run(self):
                return 1
        """;

    private PatchCases() {}

    static Stream<PatchCase> applied() {
        return Stream.of(
                of("a line is replaced")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n two\n-three\n+3\n four\n")
                        .becomes("f", "one\ntwo\n3\nfour\nfive\n")
                        .says("/workspace/f: +1 −1"),
                of("an absolute path below the project")
                        .file("f", FIVE)
                        .sections("*** Update File: /workspace/f\n@@\n-three\n+3\n")
                        .becomes("f", "one\ntwo\n3\nfour\nfive\n"),
                of("the first hunk without its mark")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n-three\n+3\n")
                        .becomes("f", "one\ntwo\n3\nfour\nfive\n"),
                of("two hunks in order")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-one\n+1\n@@\n-five\n+5\n")
                        .becomes("f", "1\ntwo\nthree\nfour\n5\n"),
                of("hunks that touch each other")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-one\n+1\n@@\n-two\n+2\n")
                        .becomes("f", "1\n2\nthree\nfour\nfive\n"),
                of("lines are put in")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n two\n+2a\n+2b\n three\n")
                        .becomes("f", "one\ntwo\n2a\n2b\nthree\nfour\nfive\n")
                        .says("+2 −0"),
                of("lines are taken out")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n one\n-two\n-three\n four\n")
                        .becomes("f", "one\nfour\nfive\n")
                        .says("+0 −2"),
                of("every line is taken out")
                        .file("f", "a\nb\n")
                        .sections("*** Update File: f\n@@\n-a\n-b\n")
                        .becomes("f", ""),
                of("the line after the mark tells two places apart")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ class B:\n-        return 1\n+        return 2\n")
                        .becomes("f", CLASSES.replaceFirst("(?s)(class B.*)return 1", "$1return 2")),
                of("marks one below the other")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n"
                                + "@@ class B:\n"
                                + "@@ def run(self):\n"
                                + "-        return 1\n"
                                + "+        return 2\n")
                        .becomes("f", CLASSES.replaceFirst("(?s)(class B.*)return 1", "$1return 2")),
                of("a shortened line after the mark")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ class B\n-        return 1\n+        return 2\n")
                        .becomes("f", CLASSES.replaceFirst("(?s)(class B.*)return 1", "$1return 2")),
                of("the line after the mark is also the first of the hunk")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ class B:\n class B:\n+    x = 1\n     def run(self):\n")
                        .becomes("f", CLASSES.replace("class B:\n", "class B:\n    x = 1\n")),
                of("the line after the mark is above the hunk before")
                        .file("f", "class A:\n  a\n  b\n")
                        .sections("*** Update File: f\n@@ class A:\n-  a\n+  1\n@@ class A:\n-  b\n+  2\n")
                        .becomes("f", "class A:\n  1\n  2\n"),
                of("lines are put in below the line after the mark")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ class B:\n+    x = 1\n")
                        .becomes("f", CLASSES.replace("class B:\n", "class B:\n    x = 1\n")),
                of("line numbers as other patches have them")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@ -7,1 +9,2 @@ nowhere\n-three\n+3\n")
                        .becomes("f", "one\ntwo\n3\nfour\nfive\n"),
                of("the end of the file tells two places apart")
                        .file("f", "end\nx\nend\n")
                        .sections("*** Update File: f\n@@\n-end\n+END\n*** End of File\n")
                        .becomes("f", "end\nx\nEND\n"),
                of("lines are put in at the end")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n five\n+six\n*** End of File\n")
                        .becomes("f", FIVE + "six\n"),
                of("a hunk after one that ends the file of a section before")
                        .file("f", FIVE)
                        .file("g", FIVE)
                        .sections("*** Update File: f\n"
                                + "@@\n"
                                + "-five\n"
                                + "+5\n"
                                + "*** End of File\n"
                                + "*** Update File: g\n"
                                + "@@\n"
                                + "-one\n"
                                + "+1\n")
                        .becomes("f", FIVE.replace("five", "5"))
                        .becomes("g", FIVE.replace("one", "1")),
                of("an empty file is filled")
                        .file("f", "")
                        .sections("*** Update File: f\n@@\n+one\n")
                        .becomes("f", "one\n"),
                of("empty lines without their blank")
                        .file("f", "a\n\nb\nc\n")
                        .sections("*** Update File: f\n@@\n a\n\n-b\n+B\n")
                        .becomes("f", "a\n\nB\nc\n"),
                of("an empty line before the next hunk is air")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-one\n+1\n\n@@\n-five\n+5\n\n")
                        .becomes("f", "1\ntwo\nthree\nfour\n5\n"),
                of("an empty line after a hunk is context where the file has it")
                        .file("f", "x\ny\nx\n\n")
                        .sections("*** Update File: f\n@@\n-x\n+X\n\n")
                        .becomes("f", "x\ny\nX\n\n"),
                of("an empty line after a hunk that only puts in is no place")
                        .file("f", "def a\n1\n\nend\n")
                        .sections("*** Update File: f\n@@ def a\n+0\n\n")
                        .becomes("f", "def a\n0\n1\n\nend\n"),
                of("blanks at the end of context, which stay as the file has them")
                        .file("f", "one  \ntwo\t\nthree\n")
                        .sections("*** Update File: f\n@@\n one\n-two\n+2\n three \n")
                        .becomes("f", "one  \n2\nthree\n"),
                of("what is as written goes before what differs by blanks")
                        .file("f", "x \ny\nx\n")
                        .sections("*** Update File: f\n@@\n-x\n+X\n")
                        .becomes("f", "x \ny\nX\n"),
                of("lines end with CR LF")
                        .file("f", "one\r\ntwo\r\nthree\r\n")
                        .sections("*** Update File: f\n@@\n one\n-two\n+2\n+2a\n")
                        .becomes("f", "one\r\n2\r\n2a\r\nthree\r\n"),
                of("the patch's own lines end with CR LF")
                        .file("f", FIVE)
                        .patch("*** Begin Patch\r\n*** Update File: f\r\n@@\r\n-two\r\n+2\r\n*** End Patch\r\n")
                        .becomes("f", "one\n2\nthree\nfour\nfive\n"),
                of("some lines end with CR LF, and stay so")
                        .file("f", "one\r\ntwo\nthree\r\n")
                        .sections("*** Update File: f\n@@\n one\n-two\n+2\n three\n")
                        .becomes("f", "one\r\n2\nthree\r\n"),
                of("no end of the last line, and none afterwards")
                        .file("f", "one\ntwo")
                        .sections("*** Update File: f\n@@\n one\n-two\n+2\n")
                        .becomes("f", "one\n2"),
                of("the word of another form of patch about the last line's end")
                        .file("f", "one\ntwo")
                        .sections("*** Update File: f\n@@\n one\n-two\n\\ No newline at end of file\n+2\n")
                        .becomes("f", "one\n2"),
                of("letters of every kind")
                        .file("f", "grüße\n世界 🪢\n")
                        .sections("*** Update File: f\n@@\n grüße\n-世界 🪢\n+ende …\n")
                        .becomes("f", "grüße\nende …\n"),
                of("lines that look like those of a patch")
                        .file("f", "*** End Patch\n@@ x\n-y\n")
                        .sections("*** Update File: f\n@@\n *** End Patch\n-@@ x\n+*** Begin Patch\n --y\n"
                                .replace("--y", "-y"))
                        .becomes("f", "*** End Patch\n*** Begin Patch\n-y\n"),
                of("a file is made with its folders")
                        .sections("*** Add File: a/b/n.txt\n+one\n+\n+two\n")
                        .becomes("a/b/n.txt", "one\n\ntwo\n")
                        .says("/workspace/a/b/n.txt: made, +3"),
                of("an empty file is made").sections("*** Add File: n\n").becomes("n", ""),
                of("an empty file that is there is filled")
                        .file("n", "")
                        .sections("*** Add File: n\n+x\n")
                        .becomes("n", "x\n"),
                of("an empty file is deleted unread")
                        .file("f", "")
                        .sections("*** Delete File: f\n")
                        .gone("f")
                        .says("/workspace/f: deleted, −0"),
                of("a file is moved")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n*** Move to: d/g\n")
                        .gone("f")
                        .becomes("d/g", FIVE)
                        .says("/workspace/f: moved to /workspace/d/g, +0 −0"),
                of("a file is moved and changed")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n*** Move to: g\n@@\n-two\n+2\n")
                        .gone("f")
                        .becomes("g", "one\n2\nthree\nfour\nfive\n")
                        .says("moved to /workspace/g, +1 −1"),
                of("two sections about one file")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-five\n+5\n*** Update File: ./f\n@@\n-one\n+1\n")
                        .becomes("f", "1\ntwo\nthree\nfour\n5\n")
                        .says("+2 −2"),
                of("what the patch makes it can change")
                        .sections("*** Add File: n\n+one\n*** Update File: n\n@@\n-one\n+1\n")
                        .becomes("n", "1\n"),
                of("files change places by way of a third")
                        .file("f", "f\n")
                        .file("g", "g\n")
                        .sections("*** Update File: f\n"
                                + "*** Move to: t\n"
                                + "*** Update File: g\n"
                                + "*** Move to: f\n"
                                + "*** Update File: t\n"
                                + "*** Move to: g\n")
                        .becomes("f", "g\n")
                        .becomes("g", "f\n"),
                of("blank lines between sections, and around it all")
                        .file("f", FIVE)
                        .patch("\n\n"
                                + "*** Begin Patch\n\n"
                                + "*** Add File: n\n"
                                + "+x\n\n"
                                + "*** Update File: f\n\n"
                                + "@@\n"
                                + "-two\n"
                                + "+2\n\n"
                                + "*** End Patch\n\n")
                        .becomes("n", "x\n")
                        .becomes("f", "one\n2\nthree\nfour\nfive\n"),
                of("a shell's wrapper")
                        .patch("<<'EOF'\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch\nEOF\n")
                        .becomes("n", "x\n"),
                of("a shell's command around it")
                        .patch("apply_patch <<\"PATCH\"\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch\nPATCH")
                        .becomes("n", "x\n"),
                of("a name that is shown in quotes")
                        .file("a\tb", FIVE)
                        .sections("*** Update File: \"a\\tb\"\n@@\n-two\n+2\n")
                        .becomes("a\tb", "one\n2\nthree\nfour\nfive\n"));
    }

    static Stream<PatchCase> refused() {
        return Stream.of(
                of("nothing").patch("").refused("line 1: the patch must begin with \"*** Begin Patch\""),
                of("prose before it")
                        .patch("Here it is:\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch")
                        .refused("line 1: the patch must begin with \"*** Begin Patch\"; it begins with: Here it is:"),
                of("it was cut")
                        .patch("*** Begin Patch\n*** Add File: n\n+x")
                        .refused("line 3: the patch must end with \"*** End Patch\", and may have been cut"),
                of("only its beginning").patch("*** Begin Patch").refused("must end with"),
                of("no section").sections("").refused("the patch has no section"),
                of("a section of another name")
                        .sections("*** Rename File: a\n")
                        .refused("line 2: a section begins with \"*** Add File: PATH\""),
                of("lines before the first section").sections("@@\n-x\n+y\n").refused("line 2: a section begins with"),
                of("a path that is none")
                        .sections("*** Add File: \n+x\n")
                        .refused("the path of line 2 of the patch must be a path; it is empty"),
                of("a path outside the project")
                        .sections("*** Add File: ../etc/x\n+x\n")
                        .refused("apply_patch refused (layer: tool): /etc/x is outside the project"),
                of("a file outside the project deleted")
                        .sections("*** Delete File: /etc/passwd\n")
                        .refused("/etc/passwd is outside"),
                of("a move out of the project")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n*** Move to: /usr/bin/f\n")
                        .refused("/usr/bin/f is outside the project"),
                of("an added line without +")
                        .sections("*** Add File: n\n+x\ny\n")
                        .refused("line 4: every line of an added file begins with \"+\"; there is: y"),
                of("an empty added line without +")
                        .sections("*** Add File: n\n+x\n\n+y\n")
                        .refused("line 4: every line of an added file begins with \"+\"; there is: nothing"),
                of("an update without a hunk")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n")
                        .refused("line 2: an update needs a hunk"),
                of("a hunk without lines")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n")
                        .refused("line 3: a hunk needs lines"),
                of("a line of a hunk that begins with something else")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n one\ntwo\n")
                        .refused("line 5: a line of a hunk begins with a blank, \"-\" or \"+\"; there is: two"),
                of("lines after the end of the file")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-five\n+5\n*** End of File\n six\n")
                        .refused("line 7: a hunk begins with \"@@\""),
                of("no such file")
                        .file("five.txt", FIVE)
                        .sections("*** Update File: fvie.txt\n@@\n-a\n+b\n")
                        .refused("there is no file /workspace/fvie.txt. Near it: /workspace/five.txt"),
                of("no such file to delete").sections("*** Delete File: n\n").refused("there is no file /workspace/n"),
                of("a folder")
                        .file("d/f", FIVE)
                        .sections("*** Update File: d\n@@\n-a\n+b\n")
                        .refused("/workspace/d is a directory"),
                of("a file below a file")
                        .file("f", FIVE)
                        .sections("*** Add File: f/g/h\n+x\n")
                        .refused("/workspace/f/g/h cannot be made: /workspace/f is no directory"),
                of("a file below one that the patch makes")
                        .sections("*** Add File: n\n+x\n*** Add File: n/m\n+x\n")
                        .refused("/workspace/n is no directory"),
                of("a file that is there is added")
                        .file("f", FIVE)
                        .sections("*** Add File: f\n+x\n")
                        .refused("/workspace/f exists"),
                of("a move onto a file that is there")
                        .file("f", FIVE)
                        .file("g", FIVE)
                        .sections("*** Update File: f\n*** Move to: g\n")
                        .refused("/workspace/g exists"),
                of("a file that is deleted unread")
                        .file("f", FIVE)
                        .sections("*** Delete File: f\n")
                        .refused("/workspace/f has not been read in this task. Read it before it is deleted"),
                of("lines at the end of a file that was not read")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n+x\n*** End of File\n")
                        .refused("/workspace/f has not been read in this task. Read it before it is added to"),
                of("a file after the patch took it away")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n*** Move to: g\n*** Update File: f\n@@\n-one\n+1\n")
                        .refused("the patch itself takes /workspace/f away"),
                of("the second hunk is not in the file")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-one\n+1\n@@\n three\n-vier\n+4\n five\n")
                        .refused("hunk 2 of 2 of /workspace/f is not in the file. Its line \"vier\" is not so there."
                                + " The file has:\n"
                                + "     3\tthree\n"
                                + "     4\tfour\n"
                                + "     5\tfive\n"
                                + "No file was changed."),
                of("the second file does not have it")
                        .file("f", FIVE)
                        .file("g", FIVE)
                        .sections("*** Update File: f\n@@\n-one\n+1\n*** Update File: g\n@@\n-eins\n+1\n")
                        .refused("hunk 1 of 1 of /workspace/g is not in the file. None of its lines is there"),
                of("other blanks at the beginning of lines")
                        .file("f", "if x:\n\treturn\n")
                        .sections("*** Update File: f\n@@\n if x:\n-    return\n+    pass\n")
                        .refused("is not in the file. Its line \"return\" begins with other blanks there. The file"
                                + " has:\n"
                                + "     1\tif x:\n"
                                + "     2\t\treturn"),
                of("an empty file does not have it")
                        .file("f", "")
                        .sections("*** Update File: f\n@@\n-x\n+y\n")
                        .refused("The file is empty"),
                of("two places")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@\n-        return 1\n+        return 2\n")
                        .refused("fits 2 places (lines 3, 7)"),
                of("two places, and a line after the mark that is at both")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ def run(self):\n-        return 1\n+        return 2\n")
                        .refused("fits 2 places (lines 3, 7)"),
                of("a line after the mark that is not there")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ class C:\n-        return 1\n+        return 2\n")
                        .refused("hunk 1 of 1 of /workspace/f is to stand below \"class C:\", and no line of the file"
                                + " is that"),
                of("a line after the mark that is below")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@ four\n-one\n+1\n")
                        .refused("stands at line 1, and not below \"four\""),
                of("marks in the wrong order")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@ four\n@@ one\n-five\n+5\n")
                        .refused("is to stand below \"one\", which is not below"),
                of("lines put in nowhere")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n+x\n")
                        .refused("only adds, and does not say where"),
                of("lines put in below a line that is there twice")
                        .file("f", CLASSES)
                        .sections("*** Update File: f\n@@ def run(self):\n+        pass\n")
                        .refused("only adds, and the line after @@ is at lines 2, 6"),
                of("hunks in the wrong order")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-five\n+5\n@@\n-one\n+1\n")
                        .refused("hunk 2 of 2 of /workspace/f stands at line 1, above the end of the hunk before it"),
                of("the end of the file is elsewhere")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n-two\n+2\n*** End of File\n")
                        .refused("stands at line 2, and not at the end of the file"),
                of("nothing would change")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n@@\n one\n two\n")
                        .refused("nothing would change"),
                of("a move onto itself")
                        .file("f", FIVE)
                        .sections("*** Update File: f\n*** Move to: f\n")
                        .refused("nothing would change"));
    }
}
