package io.smarketing.lifecycle.standalone.generate;

import java.util.HexFormat;

/**
 * One event as it will be written. Kept small: millions wait for their arrival.
 *
 * @param id unique in the whole history, not only within its emitter
 * @param lead the number in the leadId
 * @param occurred epoch milliseconds
 * @param recorded epoch milliseconds, never before {@code occurred}
 */
record Fact(Emitter emitter, long id, int lead, long occurred, long recorded, Detail detail) {

    Kind kind() {
        return detail.kind();
    }

    String eventId() {
        return HexFormat.of().toHexDigits(id);
    }

    Fact recordedAt(long instant) {
        return new Fact(emitter, id, lead, occurred, instant, detail);
    }
}
