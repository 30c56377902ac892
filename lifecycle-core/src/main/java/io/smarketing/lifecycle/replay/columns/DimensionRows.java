package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Numbers the values of a dimension across segments, in whatever order they come. */
final class DimensionRows {

    private final Dimension dimension;
    private final Map<@Nullable String, Integer> numbers = new HashMap<>();
    private final List<@Nullable String> values = new ArrayList<>();

    DimensionRows(Dimension dimension) {
        this.dimension = dimension;
    }

    Dimension dimension() {
        return dimension;
    }

    synchronized int number(@Nullable String value) {
        Integer known = numbers.get(value);
        if (known == null) {
            known = values.size();
            numbers.put(value, known);
            values.add(value);
        }
        return known;
    }

    synchronized @Nullable String value(int number) {
        return values.get(number);
    }

    int compare(int one, int other) {
        return Dimension.BY_VALUE.compare(value(one), value(other));
    }

    /** The rows of a segment's leads in columns. */
    OfSegment of(Segment segment) {
        if (dimension.equals(Dimension.ALL)) {
            return new OfSegment(null, false, false, new int[] {number("all")});
        } else if (dimension.name().equals("owner")) {
            return new OfSegment(null, false, true, numbers(segment.words()));
        }
        FitTable.Place place = FitTable.Place.of(dimension.name(), segment);
        return new OfSegment(place.column(), place.ofLead(), false, numbers(place.values()));
    }

    private int[] numbers(Values codes) {
        int[] byCode = new int[codes.size()];
        for (int code = 0; code < byCode.length; code++) {
            Object value = codes.value(code);
            byCode[code] = number(value == null || value instanceof LeadEvent.Composite ? null : value.toString());
        }
        return byCode;
    }

    /** By code, the row's number. */
    record OfSegment(@Nullable Codes column, boolean ofLead, boolean owner, int[] numbers) {

        /** With codes for rows' numbers. */
        OfSegment byCode() {
            return new OfSegment(
                    column, ofLead, owner, IntStream.range(0, numbers.length).toArray());
        }

        int row(LeadFacts lead) {
            return owner ? row(lead.moves()) : row(lead.lead(), lead.lastState());
        }

        /** Of a lead in a state of its attributes; where owners are asked for, of one that has none. */
        int row(int lead, int state) {
            return column == null ? numbers[0] : numbers[column.get(ofLead ? lead : state)];
        }

        /** Where owners are asked for, of a lead with these moves. */
        int row(Moves moves) {
            return numbers[ownerOf(moves)];
        }

        /** Who accepted first, else who contacted first. */
        private static int ownerOf(Moves moves) {
            int contacted = 0;
            for (int move = 0; move < moves.count(); move++) {
                int code = moves.code[move];
                if (moves.detail[move] != 0 && code == FactCode.ACCEPTED) {
                    return moves.detail[move];
                } else if (contacted == 0 && code == FactCode.CONTACTED) {
                    contacted = moves.detail[move];
                }
            }
            return contacted;
        }
    }
}
