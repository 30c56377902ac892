package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackedEntryTest {

    private static Entry again(Entry entry) {
        PackedOutput output = new PackedOutput();
        PackedEntry.write(entry, output);
        PackedInput input = new PackedInput(output.toByteArray());
        Entry read = PackedEntry.read(input);
        assertThat(input.isAtEnd()).isTrue();
        return read;
    }

    @Test
    void everythingThatIsKeptIsReadAsItWasWritten() {
        Set<EventType> met = EnumSet.noneOf(EventType.class);
        for (long seed = 0; seed < 200; seed++) {
            for (RandomLog.Written written : RandomLog.of(seed, 4)) {
                EventType type = EventType.of(written.recorded().event());
                if (PackedEntry.isKept(type)) {
                    met.add(type);
                    assertThat(again(written.entry())).isEqualTo(written.entry());
                }
            }
        }
        for (EventType type : EventType.values()) {
            assertThat(met.contains(type)).as(type.word()).isEqualTo(PackedEntry.isKept(type));
        }
    }

    @Test
    void everyKindOfAttributeKeepsItsTypeAndNothingPersonalIsKept() {
        Map<String, @Nullable Object> attributes = new HashMap<>();
        attributes.put("text", "\uD83D\uDE00");
        attributes.put("empty", "");
        attributes.put("integer", Long.MIN_VALUE);
        attributes.put("decimal", new BigDecimal("-1.50"));
        attributes.put("yes", true);
        attributes.put("no", false);
        attributes.put("list", new LeadEvent.Composite("[1]"));
        attributes.put("erased", null);
        LeadEvent.Money cost = new LeadEvent.Money(new BigDecimal("1E+2"), null);
        Instant at = Instant.parse("0001-01-01T00:00:00.000001Z");
        Entry entry = new Entry(
                Long.MAX_VALUE,
                new EventId("", ""),
                at,
                at,
                new LeadEvent.Captured("", null, "x", attributes, new LeadEvent.Contact.Sealed("secret"), cost),
                new PolicyRef("a@b", ""));
        assertThat(again(entry))
                .isEqualTo(new Entry(
                        Long.MAX_VALUE,
                        entry.eventId(),
                        at,
                        at,
                        new LeadEvent.Captured("", null, "x", attributes, null, cost),
                        entry.judgedBy()));
    }
}
