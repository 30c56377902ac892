package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.lead.EventId;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The way of rescore jobs to the writers. */
@Component
public class Rescoring {

    private static final String SOURCE = Admission.ENGINE + ":rescores";

    private final LeadWriters writers;

    Rescoring(LeadWriters writers) {
        this.writers = writers;
    }

    /** The store does not answer, or is busy: the same may be done again. */
    public static final class TryAgain extends Exception {

        private static final long serialVersionUID = 1L;

        TryAgain(LeadWriters.Unavailable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * What became of some leads.
     *
     * @param rescored were evaluated again, now or by the same job before
     * @param passedOver are not open
     * @param failed could not be evaluated; the log tells why
     */
    public record Done(int rescored, int passedOver, int failed) {}

    /** Has leads evaluated again; a lead that the same job has done before is not done twice. */
    public Done rescore(long job, List<String> leadIds) throws TryAgain {
        List<Work> works = new ArrayList<>();
        leadIds.forEach(leadId -> works.add(new Work.Rescoring(leadId, new EventId(SOURCE, job + "/" + leadId))));
        try {
            int rescored = 0;
            int passedOver = 0;
            for (Outcome outcome : writers.doAllPatiently(works)) {
                if (outcome instanceof Outcome.Stored || outcome instanceof Outcome.StoredBefore) {
                    rescored++;
                } else if (outcome instanceof Outcome.Declined) {
                    passedOver++;
                }
            }
            return new Done(rescored, passedOver, leadIds.size() - rescored - passedOver);
        } catch (LeadWriters.Unavailable e) {
            throw new TryAgain(e);
        }
    }
}
