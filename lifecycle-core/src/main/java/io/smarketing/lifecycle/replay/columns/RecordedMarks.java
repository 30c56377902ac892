package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;
import org.agrona.collections.LongArrayList;

/** The marks that history holds of a segment's leads in columns, as {@link MarkList#recorded} reads them. Immutable and thread-safe. */
final class RecordedMarks {

    /** By lead; one more than there are. */
    private final int[] from;

    private final long[] at;
    private final long[] told;

    /** Goes through the segment once. */
    RecordedMarks(Segment segment) {
        Chunk chunk = new Chunk(segment);
        LeadFacts lead = new LeadFacts(segment, chunk, false, Long.MAX_VALUE);
        MarkList marks = new MarkList();
        LongArrayList allAt = new LongArrayList();
        LongArrayList allTold = new LongArrayList();
        from = new int[segment.leads() + 1];
        int[] steps = segment.shapes().steps();
        for (int number = 0; number < segment.chunks(); number++) {
            chunk.begin(number);
            lead.begin();
            for (int i = 0; i < chunk.leads(); i++) {
                int shape = chunk.shapes.codes[i];
                if (shape == Layout.OTHER_SHAPE || chunk.moves.codes[i] != steps[shape]) {
                    lead.go(i);
                    lead.read();
                    marks.recorded(lead.moves());
                    for (int mark = 0; mark < marks.count(); mark++) {
                        allAt.addLong(marks.at(mark));
                        allTold.addLong(marks.instant(mark));
                    }
                }
                from[chunk.firstLead() + i + 1] = allAt.size();
            }
        }
        at = allAt.toLongArray();
        told = Arrays.equals(at, allTold.toLongArray()) ? at : allTold.toLongArray();
    }

    /** Those of a lead of the segment. */
    void read(int lead, MarkList marks) {
        marks.clear();
        for (int mark = from[lead]; mark < from[lead + 1]; mark++) {
            marks.add(at[mark], told[mark]);
        }
    }
}
