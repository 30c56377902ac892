package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.lead.FoldOrder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.IntArrayList;

/**
 * Where leads stand in a segment, by their ids. What is needed for that is read when it is asked for the first time: every 64th name, and
 * a number a lead. Thread-safe.
 */
final class LeadRows {

    private static final int STEP = 64;
    static final int ABSENT = -1;

    private final Segment segment;
    private final List<String> firsts = new ArrayList<>();
    /** In the packed names, where the name behind each of the firsts begins; at the end, where they end. */
    private final IntArrayList behindFirsts = new IntArrayList();

    private int[] rowOfName = new int[0];
    private final Map<String, Integer> storedAsEvents = new HashMap<>();
    private boolean prepared;

    LeadRows(Segment segment) {
        this.segment = segment;
    }

    /** The lead's row; those stored as events are counted behind those in columns. {@link #ABSENT} when it is not there. */
    synchronized int of(String leadId) {
        prepare();
        Integer wide = storedAsEvents.get(leadId);
        if (wide != null) {
            return segment.leads() + wide;
        }
        int found = Collections.binarySearch(firsts, leadId, FoldOrder::compareUtf8);
        int step = found >= 0 ? found : -found - 2;
        if (step < 0) {
            return ABSENT;
        }
        int place = place(step, leadId);
        return place == ABSENT ? ABSENT : rowOfName[place];
    }

    private int place(int step, String leadId) {
        String name = firsts.get(step);
        int place = step * STEP;
        ByteBuffer names = segment.column(Layout.NAMES).bytes();
        byte[] some = new byte[behindFirsts.getInt(step + 1) - behindFirsts.getInt(step)];
        names.get(behindFirsts.getInt(step), some);
        PackedInput input = new PackedInput(some);
        int end = Math.min(place + STEP, segment.leads());
        while (!name.equals(leadId)) {
            if (++place == end) {
                return ABSENT;
            }
            int shared = (int) input.unsigned();
            name = name.substring(0, shared) + input.text();
        }
        return place;
    }

    /** The ids of all leads of a segment that are not superseded, in no order that means anything. */
    static List<String> standing(Segment segment) {
        List<String> standing = new ArrayList<>();
        List<String> names = segment.names();
        Codes places = segment.column(Layout.NAME);
        for (int row = 0; row < segment.leads(); row++) {
            if (segment.stands(row)) {
                standing.add(names.get(places.get(row)));
            }
        }
        WideLeads wide = new WideLeads(segment);
        for (int row = segment.leads(); row < segment.rows(); row++) {
            String leadId = wide.passOver();
            if (segment.stands(row)) {
                standing.add(leadId);
            }
        }
        return standing;
    }

    private void prepare() {
        if (prepared) {
            return;
        }
        PackedInput names = segment.packed(Layout.NAMES);
        String name = "";
        for (int i = 0; i < segment.leads(); i++) {
            int shared = (int) names.unsigned();
            name = name.substring(0, shared) + names.text();
            if (i % STEP == 0) {
                firsts.add(name);
                behindFirsts.add(names.position());
            }
        }
        behindFirsts.add(names.position());
        rowOfName = new int[segment.leads()];
        Codes places = segment.column(Layout.NAME);
        for (int row = 0; row < segment.leads(); row++) {
            rowOfName[places.get(row)] = row;
        }
        WideLeads wide = new WideLeads(segment);
        for (int i = 0; i < segment.wideLeads(); i++) {
            storedAsEvents.put(wide.passOver(), i);
        }
        prepared = true;
    }
}
