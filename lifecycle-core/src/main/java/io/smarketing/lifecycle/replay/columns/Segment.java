package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Some leads of a history, all their bytes checked. Immutable and thread-safe. */
final class Segment {

    private final Map<String, Codes> columns;
    private final int leads;
    private final int wideLeads;
    private final long facts;
    private final long events;
    private final long states;
    private final long bytes;
    private final int crc;
    private final long unit;
    private final long base;
    private final Values sources;
    private final Values campaigns;
    private final Values personas;
    private final Values words;
    private final Shapes shapes;
    private final List<String> attributes;
    private final List<Values> values;
    private final List<LeadEvent.Activity> activities;
    /** By name of activity, its bit in sets of kinds. */
    private final Map<String, Integer> kinds;

    private final LeadRows rows;
    private final MarkMemory marks;
    private final PolicyFree policyFree;
    private final FitMemory fits;
    private final @Nullable BitSet superseded;

    private Segment(JsonNode header, Map<String, Codes> columns, long bytes, int crc) {
        this.columns = columns;
        this.bytes = bytes;
        this.crc = crc;
        this.leads = header.get("leads").intValue();
        this.wideLeads = header.get("wideLeads").intValue();
        this.facts = header.get("facts").longValue();
        this.events = header.get("events").longValue();
        this.states = header.get("states").longValue();
        this.unit = header.get("unitMicros").longValue();
        this.base = header.get("baseMicros").longValue();
        this.sources = Values.read(packed(Layout.VALUES + Layout.SOURCE));
        this.campaigns = Values.read(packed(Layout.VALUES + Layout.CAMPAIGN));
        this.personas = Values.read(packed(Layout.VALUES + Layout.PERSONA));
        this.words = Values.read(packed(Layout.WORDS));
        this.shapes = Shapes.read(packed(Layout.SHAPES));
        this.attributes = new ArrayList<>();
        this.values = new ArrayList<>();
        this.activities = new ArrayList<>();
        this.kinds = new HashMap<>();
        this.superseded = null;
        for (JsonNode name : header.get("attributes")) {
            values.add(Values.read(packed(Layout.VALUES + attributes.size())));
            attributes.add(name.stringValue());
        }
        PackedInput done = packed(Layout.ACTIVITIES);
        for (long left = done.unsigned(); left > 0; left--) {
            activities.add(new LeadEvent.Activity(done.text(), null, (int) done.unsigned()));
        }
        for (long left = done.unsigned(); left > 0; left--) {
            kinds.put(done.text(), Math.min(kinds.size(), Layout.MOST_KINDS - 1));
        }
        this.rows = new LeadRows(this);
        this.marks = new MarkMemory();
        this.policyFree = new PolicyFree();
        this.fits = new FitMemory();
    }

    /** The same bytes with other leads superseded. */
    private Segment(Segment same, @Nullable BitSet superseded) {
        this.columns = same.columns;
        this.leads = same.leads;
        this.wideLeads = same.wideLeads;
        this.facts = same.facts;
        this.events = same.events;
        this.states = same.states;
        this.bytes = same.bytes;
        this.crc = same.crc;
        this.unit = same.unit;
        this.base = same.base;
        this.sources = same.sources;
        this.campaigns = same.campaigns;
        this.personas = same.personas;
        this.words = same.words;
        this.shapes = same.shapes;
        this.attributes = same.attributes;
        this.values = same.values;
        this.activities = same.activities;
        this.kinds = same.kinds;
        this.rows = same.rows;
        this.marks = same.marks;
        this.policyFree = same.policyFree;
        this.fits = same.fits;
        this.superseded = superseded;
    }

    /** The segment without leads that later segments have: by row, those that are stored as events behind those in columns. */
    Segment without(@Nullable BitSet rows) {
        return new Segment(this, rows == null || rows.isEmpty() ? null : rows);
    }

    /** Null as long as all leads stand. Not to be changed. */
    @Nullable BitSet superseded() {
        return superseded;
    }

    /** How many leads stand from a row on up to another. */
    int standing(int from, int to) {
        return to - from - (superseded == null ? 0 : superseded.get(from, to).cardinality());
    }

    /** Whether no later segment has the lead of a row again. */
    boolean stands(int row) {
        return superseded == null || !superseded.get(row);
    }

    int rows() {
        return leads + wideLeads;
    }

    /** What replays remember of it, whichever leads stand. */
    MarkMemory marks() {
        return marks;
    }

    /** What rules of attributes gave, whichever leads stand. */
    FitMemory fits() {
        return fits;
    }

    /** What no policy changes, whichever leads stand. */
    PolicyFree policyFree() {
        return policyFree;
    }

    /** Where its leads stand. */
    LeadRows leadRows() {
        return rows;
    }

    /**
     * Opens a segment and checks all its bytes.
     *
     * @param where as errors name it
     */
    static Segment of(ByteBuffer image, String where) throws UnusableColumns {
        ByteBuffer all = image.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int length = all.limit();
        if (length < Layout.JSON_AT || all.getLong(0) != Layout.MAGIC) {
            throw new UnusableColumns(UnusableColumns.Kind.DAMAGED, where, "it does not begin as a segment does");
        }
        int version = all.getInt(Layout.VERSION_AT);
        int jsonLength = all.getInt(Layout.HEADER_LENGTH_AT);
        boolean fits = jsonLength > 0 && jsonLength <= length - Layout.JSON_AT;
        boolean intact = fits && Layout.headerCrc(all, jsonLength) == all.getInt(Layout.CRC_AT);
        if (version != Layout.VERSION && (intact || !fits)) {
            throw new UnusableColumns(
                    UnusableColumns.Kind.OTHER_VERSION,
                    where,
                    "it has version %d, and this program reads version %d".formatted(version, Layout.VERSION));
        }
        if (!intact) {
            throw new UnusableColumns(UnusableColumns.Kind.DAMAGED, where, "its header is not as it was written");
        }
        if (all.getLong(Layout.LENGTH_AT) != length) {
            throw new UnusableColumns(
                    UnusableColumns.Kind.DAMAGED,
                    where,
                    "it has %,d bytes and should have %,d".formatted(length, all.getLong(Layout.LENGTH_AT)));
        }
        byte[] json = new byte[jsonLength];
        all.duplicate().position(Layout.JSON_AT).get(json);
        try {
            JsonNode header = JsonMapper.shared().readTree(new String(json, StandardCharsets.UTF_8));
            Map<String, Codes> columns = new HashMap<>();
            boolean blank = Layout.isBlank(all, Layout.CRC_AT + Integer.BYTES, Layout.JSON_AT);
            int end = Layout.JSON_AT + jsonLength;
            for (JsonNode column : header.get("columns")) {
                int offset = column.get("offset").intValue();
                int size = column.get("length").intValue();
                String name = column.get("name").stringValue();
                if (Layout.crc(all, offset, size) != column.get("crc").intValue()) {
                    throw new UnusableColumns(
                            UnusableColumns.Kind.DAMAGED,
                            where,
                            "the column '%s' is not as it was written".formatted(name));
                }
                blank &= Layout.isBlank(all, end, offset);
                end = offset + size;
                columns.put(
                        name,
                        new Codes(all.slice(offset, size), column.get("width").intValue()));
            }
            if (!blank || !Layout.isBlank(all, end, length)) {
                throw new UnusableColumns(
                        UnusableColumns.Kind.DAMAGED, where, "something was written between its columns");
            }
            return new Segment(header, columns, length, all.getInt(Layout.CRC_AT));
        } catch (JacksonException | IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
            // What was written is as it was written: another program wrote it so.
            throw new UnusableColumns(
                    UnusableColumns.Kind.OTHER_VERSION, where, "its columns are not those of this program: " + e);
        }
    }

    int leads() {
        return leads;
    }

    int wideLeads() {
        return wideLeads;
    }

    /** Of leads in columns, the opening captures among them. */
    long facts() {
        return facts;
    }

    /** Of all leads, verdicts and markers among them. */
    long events() {
        return events;
    }

    long states() {
        return states;
    }

    long bytes() {
        return bytes;
    }

    /** Without what only other questions read. */
    long fastBytes() {
        long others = 0;
        for (String name : List.of(Layout.NAMES, Layout.NAME, Layout.LAGS, Layout.SETS, Layout.WIDE)) {
            others += column(name).bytes().limit();
        }
        return bytes - others;
    }

    /** Of the header, which holds those of the columns. */
    int crc() {
        return crc;
    }

    long unit() {
        return unit;
    }

    long base() {
        return base;
    }

    int chunks() {
        return (leads + Layout.CHUNK - 1) / Layout.CHUNK;
    }

    Codes column(String name) {
        Codes column = columns.get(name);
        if (column == null) {
            throw new IllegalArgumentException("there is no column '%s'".formatted(name));
        }
        return column;
    }

    List<String> attributes() {
        return attributes;
    }

    Values values(int attribute) {
        return values.get(attribute);
    }

    Values sources() {
        return sources;
    }

    Values campaigns() {
        return campaigns;
    }

    Values personas() {
        return personas;
    }

    /** Names of people and reasons. */
    Values words() {
        return words;
    }

    Shapes shapes() {
        return shapes;
    }

    List<LeadEvent.Activity> activities() {
        return activities;
    }

    /** The bit of an activity in sets of kinds; -1 where no lead has it. */
    int kind(String activity) {
        return kinds.getOrDefault(activity, -1);
    }

    PackedInput packed(String name) {
        return packed(name, 0, column(name).bytes().limit());
    }

    /** Bytes of a column from a place on up to another. */
    PackedInput packed(String name, int from, int to) {
        byte[] copy = new byte[to - from];
        column(name).bytes().duplicate().position(from).get(copy);
        return new PackedInput(copy);
    }

    /** Where portions of leads that are stored as events begin, and where the last ends; found when first asked for. */
    int[] widePlaces() {
        return policyFree.widePlaces(this);
    }

    /** The ids of the leads in columns, ordered by their bytes: the column {@code name} holds places in it. */
    List<String> names() {
        PackedInput input = packed(Layout.NAMES);
        List<String> names = new ArrayList<>(leads);
        String before = "";
        for (int i = 0; i < leads; i++) {
            int shared = (int) input.unsigned();
            before = before.substring(0, shared) + input.text();
            names.add(before);
        }
        return names;
    }
}
