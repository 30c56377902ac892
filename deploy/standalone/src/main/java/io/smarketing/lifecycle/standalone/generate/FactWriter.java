package io.smarketing.lifecycle.standalone.generate;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/** Writes facts as CloudEvents in structured mode, a line each. Failing to write throws a JacksonIOException. */
final class FactWriter implements AutoCloseable {

    private static final SerializableString SPECVERSION = new SerializedString("specversion");
    private static final SerializableString ONE_ZERO = new SerializedString("1.0");
    private static final SerializableString ID = new SerializedString("id");
    private static final SerializableString SOURCE = new SerializedString("source");
    private static final SerializableString TYPE = new SerializedString("type");
    private static final SerializableString SUBJECT = new SerializedString("subject");
    private static final SerializableString TIME = new SerializedString("time");
    private static final SerializableString RECORDED_TIME = new SerializedString("recordedtime");
    private static final SerializableString DATA = new SerializedString("data");
    private static final SerializableString LEAD_ID = new SerializedString("leadId");

    private static final int LEAD_ID_DIGITS = 7;

    private final Map<Kind, SerializableString> types = new EnumMap<>(Kind.class);
    private final Map<Emitter, SerializableString> urns = new EnumMap<>(Emitter.class);
    private final JsonGenerator json;
    private final long firstDay;
    private final byte[][] dates;
    /** Lead ids and instants, which need no escaping. */
    private final byte[] text;

    private final byte[] leadIds;

    private long lines;

    /**
     * For instants in [from, to], epoch milliseconds.
     *
     * @param leadIds what the leads' ids begin with
     */
    FactWriter(OutputStream out, String leadIds, long from, long to) {
        this.leadIds = leadIds.getBytes(StandardCharsets.US_ASCII);
        this.text = new byte[this.leadIds.length + 32];
        for (Kind kind : Kind.values()) {
            types.put(kind, new SerializedString(kind.type()));
        }
        for (Emitter emitter : Emitter.values()) {
            urns.put(emitter, new SerializedString(emitter.urn()));
        }
        json = JsonFactory.builder()
                .rootValueSeparator((SerializableString) null)
                .build()
                .createGenerator(ObjectWriteContext.empty(), out);
        firstDay = Math.floorDiv(from, Rhythm.DAY);
        dates = new byte[(int) (Math.floorDiv(to, Rhythm.DAY) - firstDay) + 1][];
        for (int day = 0; day < dates.length; day++) {
            dates[day] = LocalDate.ofEpochDay(firstDay + day).toString().getBytes(StandardCharsets.US_ASCII);
        }
    }

    void write(Fact fact) {
        json.writeStartObject();
        json.writeName(SPECVERSION);
        json.writeString(ONE_ZERO);
        json.writeName(ID);
        json.writeString(fact.eventId());
        json.writeName(SOURCE);
        json.writeString(urns.get(fact.emitter()));
        json.writeName(TYPE);
        json.writeString(types.get(fact.kind()));
        json.writeName(SUBJECT);
        writeLeadId(fact.lead());
        json.writeName(TIME);
        writeInstant(fact.occurred());
        json.writeName(RECORDED_TIME);
        writeInstant(fact.recorded());
        json.writeName(DATA);
        json.writeStartObject();
        json.writeName(LEAD_ID);
        writeLeadId(fact.lead());
        fact.detail().write(json);
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
        lines++;
    }

    long lines() {
        return lines;
    }

    /** Also closes what it writes to. */
    @Override
    public void close() {
        json.close();
    }

    private void writeLeadId(int number) {
        int digits = LEAD_ID_DIGITS;
        for (int rest = number / 10_000_000; rest > 0; rest /= 10) {
            digits++;
        }
        System.arraycopy(leadIds, 0, text, 0, leadIds.length);
        writeDigits(number, leadIds.length, digits);
        json.writeRawUTF8String(text, 0, leadIds.length + digits);
    }

    private void writeInstant(long instant) {
        long day = Math.floorDiv(instant, Rhythm.DAY);
        int millis = (int) (instant - day * Rhythm.DAY);
        System.arraycopy(dates[(int) (day - firstDay)], 0, text, 0, 10);
        text[10] = 'T';
        writeDigits(millis / 3_600_000, 11, 2);
        text[13] = ':';
        writeDigits(millis / 60_000 % 60, 14, 2);
        text[16] = ':';
        writeDigits(millis / 1_000 % 60, 17, 2);
        int end = 19;
        if (millis % 1_000 != 0) {
            text[19] = '.';
            writeDigits(millis % 1_000, 20, 3);
            end = 23;
        }
        text[end] = 'Z';
        json.writeRawUTF8String(text, 0, end + 1);
    }

    private void writeDigits(int number, int offset, int digits) {
        int rest = number;
        for (int i = offset + digits - 1; i >= offset; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
