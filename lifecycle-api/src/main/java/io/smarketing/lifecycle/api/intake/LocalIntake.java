package io.smarketing.lifecycle.api.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** The way to the writers for who is in the same process and needs no door between: benchmarks. */
@Component
public class LocalIntake {

    private final Admission admission;
    private final LeadWriters writers;

    LocalIntake(Admission admission, LeadWriters writers) {
        this.admission = admission;
        this.writers = writers;
    }

    /**
     * Reads events and hands them to the writers, as the doors do; counted as having come over HTTP.
     *
     * @param events CloudEvents in structured mode
     * @return waits until all are committed, and tells the outcomes in the order of the events
     */
    public Supplier<List<Outcome>> take(List<byte[]> events) {
        List<Work> works = new ArrayList<>(events.size());
        events.forEach(event -> works.add(admission.structured(Door.HTTP, event, Original.structured(event))));
        return writers.submit(works, new LeadWriters.Line())::outcomes;
    }
}
