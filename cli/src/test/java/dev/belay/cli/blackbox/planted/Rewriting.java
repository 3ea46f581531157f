package dev.belay.cli.blackbox.planted;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What an instruction of a method becomes. */
@FunctionalInterface
interface Rewriting {
    /**
     * @param number of the instruction in its method
     * @return true when {@code code} has what the instruction is to be; else it stays as it is
     */
    boolean of(CodeBuilder code, Instruction at, int number);

    /** The method does this, and no more. */
    static Rewriting instead(Consumer<CodeBuilder> body) {
        return (code, at, number) -> {
            if (number != 0) {
                return false;
            }
            body.accept(code);
            // Nothing leads there any more.
            code.with(at);
            return true;
        };
    }

    /** Other words where a text has these. */
    static Rewriting words(String these, String others) {
        return (code, at, _) -> {
            if (!(at instanceof ConstantInstruction said
                    && said.constantValue() instanceof String text
                    && text.contains(these))) {
                return false;
            }
            code.loadConstant(text.replace(these, others));
            return true;
        };
    }

    /** A two where it counts one more. */
    static Rewriting twoForOne() {
        return (code, at, _) -> {
            if (at.opcode() != Opcode.LCONST_1) {
                return false;
            }
            code.loadConstant(2L);
            return true;
        };
    }

    /** The comparisons of numbers have these outcomes, in their order; those that follow are made. */
    static Rewriting compared(Integer... outcomes) {
        Deque<Integer> left = new ArrayDeque<>(List.of(outcomes));
        return (code, at, _) -> {
            if (at.opcode() != Opcode.LCMP || left.isEmpty()) {
                return false;
            }
            code.pop2().pop2().loadConstant(left.removeFirst());
            return true;
        };
    }

    /** A call with one argument is made twice, with the same; an answer is that of the second. */
    static Rewriting twice(String called) {
        return (code, at, _) -> {
            if (!(at instanceof InvokeInstruction call && call.name().equalsString(called))) {
                return false;
            }
            code.dup2().with(call);
            if (!call.typeSymbol().returnType().descriptorString().equals("V")) {
                code.pop();
            }
            code.with(call);
            return true;
        };
    }
}
