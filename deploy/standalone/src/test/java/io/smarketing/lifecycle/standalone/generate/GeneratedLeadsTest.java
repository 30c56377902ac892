package io.smarketing.lifecycle.standalone.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratedLeadsTest {

    private static final LocalDate TODAY = LocalDate.of(2031, 5, 4);
    private static final Instant MIDNIGHT = TODAY.atStartOfDay(ZoneOffset.UTC).toInstant();
    private static final long SEED = 1_800_000_000;

    private static List<byte[]> events(long seed) throws IOException {
        List<byte[]> events = new ArrayList<>();
        GeneratedLeads.tell(400, seed, TODAY, events::add);
        return events;
    }

    @Test
    void everyEventIsOneTheEngineTakesAndLiesInTheMonthsBeforeToday() throws IOException, Refusal {
        CloudEventCodec codec = new CloudEventCodec();
        Instant latest = Instant.MIN;
        for (byte[] event : events(SEED)) {
            Arrival arrival = codec.decode(event, MIDNIGHT);
            assertThat(arrival.occurredAt()).isBetween(MIDNIGHT.minus(Duration.ofDays(100)), MIDNIGHT);
            assertThat(arrival.leadId()).startsWith("L-" + Long.toString(SEED, 36) + "-");
            assertThat(arrival.recordedTime()).isAfterOrEqualTo(latest).isBefore(MIDNIGHT);
            latest = arrival.recordedTime();
        }
        assertThat(latest).isAfter(MIDNIGHT.minus(Duration.ofDays(2)));
    }

    @Test
    void neighbouringSeedsShareNeitherLeadsNorEvents() throws IOException, Refusal {
        CloudEventCodec codec = new CloudEventCodec();
        Set<String> leads = new HashSet<>();
        Set<Object> events = new HashSet<>();
        for (long seed = SEED; seed < SEED + 20; seed++) {
            Set<String> leadsOfSeed = new HashSet<>();
            Set<Object> eventsOfSeed = new HashSet<>();
            for (byte[] event : events(seed)) {
                Arrival arrival = codec.decode(event, MIDNIGHT);
                leadsOfSeed.add(arrival.leadId());
                eventsOfSeed.add(arrival.eventId());
            }
            assertThat(leadsOfSeed).hasSize(400).noneMatch(leads::contains);
            assertThat(eventsOfSeed).noneMatch(events::contains);
            leads.addAll(leadsOfSeed);
            events.addAll(eventsOfSeed);
        }
    }

    @Test
    void theListenerStopsTheTelling() {
        int[] heard = {0};
        assertThatThrownBy(() -> GeneratedLeads.tell(400, SEED, TODAY, event -> {
                    if (++heard[0] >= 10) {
                        throw new InterruptedIOException("enough");
                    }
                }))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(heard[0]).isLessThan(100);
    }
}
