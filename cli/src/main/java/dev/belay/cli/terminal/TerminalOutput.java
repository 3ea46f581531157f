package dev.belay.cli.terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A command's output on its way to a terminal: line breaks and tabs act, everything else that could act is shown. A
 * character may arrive in pieces.
 */
public final class TerminalOutput extends OutputStream {
    private final PrintStream terminal;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean returned;

    public TerminalOutput(PrintStream terminal) {
        this.terminal = terminal;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length);
        in.put(rest).put(bytes, offset, length).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, false);
        rest = in;
        show(out.flip().toString());
    }

    @Override
    public void close() {
        if (rest.hasRemaining()) {
            show("\ufffd");
            rest = ByteBuffer.allocate(0);
        }
        if (returned) {
            returned = false;
            terminal.print("\\r");
        }
        terminal.flush();
    }

    private void show(String text) {
        // A carriage return is harmless only as part of a line break, which may be cut between two pieces.
        String whole = returned ? "\r" + text : text;
        returned = whole.endsWith("\r");
        if (returned) {
            whole = whole.substring(0, whole.length() - 1);
        }
        String broken = whole.replace("\r\n", "\n");
        int from = 0;
        int end;
        while ((end = broken.indexOf('\n', from)) >= 0) {
            terminal.print(Printable.keepingTabs(broken.substring(from, end)));
            terminal.print('\n');
            from = end + 1;
        }
        terminal.print(Printable.keepingTabs(broken.substring(from)));
        terminal.flush();
    }
}
