package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;

/** One side's marks of a lead in the order in which they are folded; times in microseconds since its capture. Not thread-safe. */
final class MarkList {

    private static final int INITIAL = 16;

    private long[] at = new long[INITIAL];
    private long[] instant = new long[INITIAL];
    private int count;

    int count() {
        return count;
    }

    /** Where it is placed. */
    long at(int mark) {
        return at[mark];
    }

    /** When its cycle is told to be marked. */
    long instant(int mark) {
        return instant[mark];
    }

    /** The instant of the one mark, or {@link VisitKernel#NONE}. */
    long only() {
        return count == 0 ? VisitKernel.NONE : at[0];
    }

    /** One mark alone; none for {@link VisitKernel#NONE}. */
    void only(long mark) {
        at[0] = mark;
        instant[0] = mark;
        count = mark == VisitKernel.NONE ? 0 : 1;
    }

    void clear() {
        count = 0;
    }

    void add(long placed, long told) {
        if (count == at.length) {
            at = Arrays.copyOf(at, 2 * count);
            instant = Arrays.copyOf(instant, 2 * count);
        }
        at[count] = placed;
        instant[count++] = told;
    }

    /** The marks that a policy made, and other systems' if it trusts them. */
    void judged(LeadFacts lead, MarkKernel made, boolean trusted) {
        count = 0;
        int next = 0;
        if (trusted) {
            Moves moves = lead.moves();
            for (int i = 0; i < moves.count(); i++) {
                if (moves.code[i] == FactCode.EXTERNAL_MARK) {
                    long external = moves.at[i];
                    while (next < made.count() && made.marks()[next] <= external) {
                        add(made.marks()[next], made.marks()[next]);
                        next++;
                    }
                    add(external, Math.max(external, 0));
                }
            }
        }
        for (; next < made.count(); next++) {
            add(made.marks()[next], made.marks()[next]);
        }
    }

    /** All marks that the history holds; only other systems' yield to the capture. */
    void recorded(Moves moves) {
        count = 0;
        for (int i = 0; i < moves.count(); i++) {
            int code = moves.code[i];
            if (FactCode.isMark(code)) {
                long marked = moves.at[i];
                add(marked, code == FactCode.EXTERNAL_MARK ? Math.max(marked, 0) : marked);
            }
        }
    }

    /** Whether a lead folded with either is the same. */
    boolean isSame(MarkList other) {
        if (count != other.count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (at[i] != other.at[i] || instant[i] != other.instant[i]) {
                return false;
            }
        }
        return true;
    }
}
