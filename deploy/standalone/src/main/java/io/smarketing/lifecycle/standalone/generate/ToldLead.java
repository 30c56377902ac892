package io.smarketing.lifecycle.standalone.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is recorded of one lead before the horizon. What would arrive later is left out, and not counted. */
final class ToldLead {

    private final Lead lead;
    private final Dice dice;
    private final long seed;
    private final long horizon;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Fact> repeats = new ArrayList<>();
    private final List<PlannedDeviation> planned = new ArrayList<>(0);
    private int drawnIds;
    private boolean salesOver;

    ToldLead(Lead lead, Dice dice, long seed, long horizon) {
        this.lead = lead;
        this.dice = dice;
        this.seed = Dice.mix(seed);
        this.horizon = horizon;
    }

    /** Records what occurred when its emitter sends it. */
    Fact add(Emitter emitter, long occurred, Detail detail, @Nullable PlannedDeviation deviation) {
        return add(emitter, occurred, emitter.arrival(dice, occurred), detail, deviation);
    }

    Fact add(Emitter emitter, long occurred, long recorded, Detail detail, @Nullable PlannedDeviation deviation) {
        Fact fact = new Fact(emitter, nextId(), lead.number(), occurred, recorded, detail);
        boolean bySales = emitter == Emitter.CRM || emitter == Emitter.DIALLER;
        if (recorded >= horizon || (bySales && salesOver)) {
            // What sales did next would make no sense without it.
            salesOver |= bySales;
            return fact;
        }
        facts.add(fact);
        if (deviation != null) {
            planned.add(deviation);
        }
        return fact;
    }

    /** Lets one visit arrive after a fact that occurred later. */
    void delayOneVisit() {
        List<Fact> folded = facts.stream()
                .filter(fact -> fact.kind().isFolded())
                .sorted(Comparator.comparingLong(Fact::occurred))
                .toList();
        long last = folded.get(folded.size() - 1).occurred();
        List<Fact> candidates = folded.stream()
                .filter(fact -> fact.kind() == Kind.ACTIVITY && fact.occurred() < last)
                .toList();
        if (candidates.isEmpty()) {
            return;
        }
        Fact delayed = candidates.get(dice.below(candidates.size()));
        Fact overtaking = folded.stream()
                .filter(fact -> fact.occurred() > delayed.occurred())
                .findFirst()
                .orElseThrow();
        long arrival = Math.max(delayed.recorded(), overtaking.recorded()) + 1 + dice.waiting(2 * Rhythm.DAY);
        facts.set(facts.indexOf(delayed), delayed.recordedAt(Math.min(horizon - 1, arrival)));
    }

    /** Sends about one fact in a hundred a second time; {@code always} the first. */
    void repeatSome(boolean always) {
        for (Fact fact : facts) {
            if (dice.chance(0.01) || (always && repeats.isEmpty())) {
                long wait = dice.chance(0.3) ? 0 : 5 * Rhythm.SECOND + dice.waiting(8 * Rhythm.HOUR);
                if (fact.recorded() + wait < horizon) {
                    repeats.add(fact.recordedAt(fact.recorded() + wait));
                }
            }
        }
    }

    void sortByArrival() {
        facts.sort(Comparator.comparingLong(Fact::recorded).thenComparingLong(Fact::occurred));
    }

    Lead lead() {
        return lead;
    }

    List<Fact> facts() {
        return facts;
    }

    /** Facts of {@link #facts()} that arrive once more. */
    List<Fact> repeats() {
        return repeats;
    }

    List<PlannedDeviation> plannedDeviations() {
        return planned;
    }

    /** Unique in the whole history: the place is unique and mixing is a bijection. */
    private long nextId() {
        long place = ((long) lead.index() << 20) | drawnIds++;
        return Dice.mix(place ^ seed);
    }
}
