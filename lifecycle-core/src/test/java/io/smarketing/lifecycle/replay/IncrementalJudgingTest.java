package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FactByFact;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Judging that goes on from fact to fact against judging that starts again at each: random histories under random
 * policies, to the bit. A failure names its seed; {@link RandomHistory} gives the history and the policy for it.
 */
class IncrementalJudgingTest {

    private static final int SEEDS = Integer.getInteger("judging.seeds", 10_000);

    /** Looking for features compiles policies with one taken out, so every so many seeds have to do. */
    private static final int LOOKED_AT = 10;

    private static Policy policy(String text) {
        try {
            return PolicyReader.read("random", text).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(text, e);
        }
    }

    private static List<LeadHistory> leads(long seed) {
        return ReplayAgainstNaiveTest.history(RandomHistory.lines(seed)).leads();
    }

    @Test
    void goingOnFromFactToFactIsJudgingFromScratchAtEveryFact() {
        LongAdder facts = new LongAdder();
        LongAdder judgements = new LongAdder();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            Policy policy = policy(RandomHistory.policy(seed));
            for (LeadHistory lead : leads(seed)) {
                facts.add(lead.entries().size());
                judgements.add(goesOnAsFromScratch(seed, policy, lead));
            }
        });
        assertThat(facts.sum()).isGreaterThan(20L * SEEDS);
        assertThat(judgements.sum()).isGreaterThan(5L * SEEDS);
    }

    /** Three times at every fact: gone on with, by the whole judge over what is known, and from nothing but the facts. */
    private static int goesOnAsFromScratch(long seed, Policy policy, LeadHistory lead) {
        FactByFact goingOn = new FactByFact(policy);
        PlainJudging plain = new PlainJudging(policy);
        Judge judge = new Judge(policy, Judge.Order.ARRIVAL);
        List<Judgement> soFar = new ArrayList<>();
        for (int i = 0; i < lead.entries().size(); i++) {
            Entry entry = lead.entries().get(i);
            Optional<Judgement> made = goingOn.arrive(entry);
            made.ifPresent(soFar::add);
            Verdicts scratch =
                    judge.judge(new LeadHistory(lead.leadId(), lead.entries().subList(0, i + 1)));
            Optional<Judgement> plainly = plain.arrive(entry);
            // Sentences are built only where they are needed: there are half a million facts.
            if (!made.equals(plainly)
                    || !soFar.equals(scratch.judgements())
                    || !goingOn.unknowns().equals(plain.unknowns())
                    || !goingOn.unknowns().equals(scratch.unknowns())) {
                String where = "seed %d, lead %s, event %d".formatted(seed, lead.leadId(), i);
                assertThat(made).as("%s, plainly", where).isEqualTo(plainly);
                assertThat(soFar).as("%s, from scratch", where).isEqualTo(scratch.judgements());
                assertThat(goingOn.unknowns())
                        .as("%s, unknowns", where)
                        .isEqualTo(plain.unknowns())
                        .isEqualTo(scratch.unknowns());
            }
        }
        return soFar.size();
    }

    @Test
    void verdictsInBothOrdersAreThoseOfTheNaiveReading() {
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            List<String> lines = RandomHistory.lines(seed);
            String text = RandomHistory.policy(seed);
            Policy policy = policy(text);
            List<LeadHistory> leads = leads(seed);
            for (Judge.Order order : Judge.Order.values()) {
                assertThat(told(new Judge(policy, order), leads))
                        .as("seed %d, order %s", seed, order)
                        .isEqualTo(
                                NaiveReplay.verdicts(lines, text, order.name().toLowerCase(Locale.ROOT)));
            }
        });
    }

    private static List<String> told(Judge judge, List<LeadHistory> leads) {
        List<String> told = new ArrayList<>();
        for (LeadHistory lead : leads) {
            for (Judgement judgement : judge.judge(lead).judgements()) {
                String tail =
                        " " + judgement.at() + " " + judgement.evaluation().score() + " "
                                + judgement.evaluation().disqualified();
                if (judgement.scored()) {
                    told.add(lead.leadId() + " scored" + tail);
                }
                if (judgement.marked()) {
                    told.add(lead.leadId() + " marked-mql" + tail);
                }
            }
        }
        return told;
    }

    /**
     * A feature is met where the verdicts would be others without it. The rarest is met in one seed of fifteen; were one
     * lost by the generator, the tests above would go on passing.
     */
    @Test
    void everyFeatureOfAPolicyDecidesSomethingInManySeeds() {
        Map<String, LongAdder> met = new ConcurrentHashMap<>();
        LongStream.range(0, SEEDS / LOOKED_AT)
                .map(i -> i * LOOKED_AT)
                .parallel()
                .forEach(seed -> featuresMet(seed)
                        .forEach(feature -> met.computeIfAbsent(feature, name -> new LongAdder())
                                .increment()));
        for (String feature : List.of(
                "window",
                "half-life",
                "cap",
                "negative points",
                "disqualification",
                "cooldown",
                "trusted mark",
                "void",
                "unknown",
                "unknown until enriched",
                "marked again")) {
            assertThat(met.getOrDefault(feature, new LongAdder()).sum())
                    .as("seeds of %d in which this decides something: %s; all: %s", SEEDS / LOOKED_AT, feature, met)
                    .isGreaterThan(SEEDS / LOOKED_AT / 50);
        }
    }

    private static List<String> featuresMet(long seed) {
        List<String> met = new ArrayList<>();
        String text = RandomHistory.policy(seed);
        Policy policy = policy(text);
        List<LeadHistory> leads = leads(seed);
        List<String> told = told(new Judge(policy, Judge.Order.ARRIVAL), leads);
        Map<String, String> without = Map.of(
                "window", text.replaceAll(", within: \\w+", ""),
                "half-life", text.replaceAll(", halfLife: \\w+", ""),
                "cap", text.replaceAll(", cap: \\d+", ""),
                "negative points", text.replace("points: -", "points: "),
                "cooldown", text.replaceAll("recycle: .*\n", ""),
                "trusted mark", text.replace("externalMarks: trusted", "externalMarks: ignored"));
        without.forEach((feature, other) -> {
            if (!other.equals(text)
                    && !told(new Judge(policy(other), Judge.Order.ARRIVAL), leads)
                            .equals(told)) {
                met.add(feature);
            }
        });
        List<LeadHistory> unvoided = leads.stream()
                .map(lead -> new LeadHistory(
                        lead.leadId(),
                        lead.entries().stream()
                                .filter(entry -> !(entry.event() instanceof LeadEvent.Voided))
                                .toList()))
                .toList();
        if (!told(new Judge(policy, Judge.Order.ARRIVAL), unvoided).equals(told)) {
            met.add("void");
        }
        if (told.stream().anyMatch(verdict -> verdict.contains("scored") && !verdict.endsWith(" null"))) {
            met.add("disqualification");
        }
        if (leads.stream().anyMatch(lead -> marks(policy, lead) > 1)) {
            met.add("marked again");
        }
        if (leads.stream().anyMatch(lead -> unknowns(policy, lead.entries(), lead) > 0)) {
            met.add("unknown");
        }
        if (leads.stream()
                .anyMatch(lead -> unknowns(policy, lead.entries().subList(0, 1), lead)
                        > unknowns(policy, lead.entries(), lead))) {
            met.add("unknown until enriched");
        }
        return met;
    }

    private static long marks(Policy policy, LeadHistory lead) {
        return new Judge(policy, Judge.Order.ARRIVAL)
                .judge(lead).judgements().stream().filter(Judgement::marked).count();
    }

    private static int unknowns(Policy policy, List<Entry> entries, LeadHistory lead) {
        return new Judge(policy, Judge.Order.ARRIVAL)
                .judge(new LeadHistory(lead.leadId(), entries))
                .unknowns()
                .size();
    }
}
