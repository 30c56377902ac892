package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;

/** One side's marks of a lead in the order in which they are folded. Not thread-safe. */
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

    private void add(long placed, long told) {
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
            for (int i = 0; i < lead.moves(); i++) {
                int fact = lead.move(i);
                if (lead.code(fact) == FactCode.EXTERNAL_MARK) {
                    long external = lead.at(fact);
                    while (next < made.count() && made.marks()[next] <= external) {
                        add(made.marks()[next], made.marks()[next]);
                        next++;
                    }
                    add(external, Math.max(external, lead.capture()));
                }
            }
        }
        for (; next < made.count(); next++) {
            add(made.marks()[next], made.marks()[next]);
        }
    }

    /** All marks that the history holds; only other systems' yield to the capture. */
    void recorded(LeadFacts lead) {
        count = 0;
        for (int i = 0; i < lead.moves(); i++) {
            int fact = lead.move(i);
            int code = lead.code(fact);
            if (FactCode.isMark(code)) {
                long marked = lead.at(fact);
                add(marked, code == FactCode.EXTERNAL_MARK ? Math.max(marked, lead.capture()) : marked);
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
