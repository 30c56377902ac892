package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What it costs to judge a fact by a policy of 30 rules: as the engine does it, its conditions' answers remembered, and
 * with CEL interpreted at every evaluation. The profile {@code bench} runs it; {@code docs/performance.md} has figures.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PolicyBenchmark {

    private static final Instant NOW = Instant.parse("2026-03-31T12:00:00Z");

    /** A power of two, so that going round is a mask. */
    private static final int LEADS = 1_024;

    private static final String POLICY = """
            name: thirty-rules
            threshold: 60
            attributes: {employees: int, revenue: double, trial: bool, industry: string, country: string, title: string}
            fit:
              - {id: small,      when: "lead.employees >= 10", points: 5}
              - {id: medium,     when: "lead.employees >= 50", points: 5}
              - {id: large,      when: "lead.employees >= 250", points: 10}
              - {id: huge,       when: "lead.employees > 5000", points: -10}
              - {id: revenue,    when: "lead.revenue >= 2.5", points: 5}
              - {id: rich,       when: "lead.revenue >= 50.0 && lead.employees >= 50", points: 10}
              - {id: trial,      when: "lead.trial", points: 15}
              - {id: software,   when: "lead.industry in ['software', 'fintech']", points: 10}
              - {id: trade,      when: "lead.industry == 'retail' || lead.industry == 'logistics'", points: 5}
              - {id: core,       when: "lead.country in ['DE', 'AT', 'CH']", points: 10}
              - {id: europe,     when: "lead.country in ['FR', 'NL', 'BE', 'PL', 'ES', 'IT']", points: 5}
              - {id: chief,      when: "lead.title.startsWith('Chief')", points: 10}
              - {id: head,       when: "lead.title.contains('Head') || lead.title.contains('VP')", points: 8}
              - {id: referral,   when: "lead.source == 'referral'", points: 10}
              - {id: paid,       when: "lead.source == 'ads' && lead.campaign != 'brand'", points: -5}
              - {id: persona,    when: "lead.persona in ['ops-leader', 'cfo']", points: 10}
              - {id: business,   when: "!lead.emailDomain.endsWith('mail.example')", points: 5}
              - {id: fitting,    when: "has(lead.industry) && (lead.employees >= 50 || lead.revenue >= 5.0)", points: 5}
            engagement:
              - {id: demo,       activity: demo_request,     points: 30, cap: 30}
              - {id: pricing,    activity: pricing_view,     points: 8,  cap: 24, within: P30D}
              - {id: recent,     activity: pricing_view,     points: 5,  cap: 10, within: P7D}
              - {id: webinar,    activity: webinar_attended, points: 10, cap: 20, halfLife: P30D}
              - {id: email,      activity: email_click,      points: 5,  cap: 20, halfLife: P14D}
              - {id: page,       activity: page_view,        points: 1,  cap: 10, within: P14D}
              - {id: download,   activity: download,         points: 6,  cap: 18, within: P60D, halfLife: P14D}
              - {id: bounce,     activity: email_bounced,    points: -10, cap: 20}
              - {id: leave,      activity: unsubscribed,     points: -20, cap: 20, within: P60D}
            disqualify:
              - {id: student,    when: "lead.industry == 'education'", reason: not-a-buyer}
              - {id: tiny,       when: "lead.employees < 2 && lead.revenue < 0.1", reason: too-small}
              - {id: competitor, when: "lead.emailDomain == 'rival.example'", reason: competitor}
            recycle: {cooldown: P30D}
            """;

    private static final List<String> ACTIVITIES = List.of(
            "page_view",
            "page_view",
            "page_view",
            "email_click",
            "email_click",
            "pricing_view",
            "pricing_view",
            "download",
            "webinar_attended",
            "demo_request",
            "email_bounced");

    private record KnownLead(LeadAttributes attributes, EngagementTally tally, FitResult fit) {}

    private final Policy policy;
    private final List<KnownLead> leads = new ArrayList<>();
    private int next;

    public PolicyBenchmark() {
        try {
            policy = PolicyReader.read("benchmark", POLICY).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
        Random random = new Random(1);
        for (int i = 0; i < LEADS; i++) {
            Map<String, Object> attributes = attributes(random);
            EngagementTally tally = new EngagementTally(policy);
            int activities = random.nextInt(30);
            for (int j = 0; j < activities; j++) {
                tally.add(pick(ACTIVITIES, random), NOW.minus(Duration.ofMinutes(random.nextInt(129_600))), 1);
            }
            leads.add(new KnownLead(attributes::get, tally, policy.fit(attributes::get)));
        }
    }

    /** Some nine hundred distinct ones of a thousand; one value in five is missing. */
    private static Map<String, Object> attributes(Random random) {
        Map<String, Object> attributes = new HashMap<>();
        put(
                attributes,
                "employees",
                List.of(1L, 3L, 8L, 12L, 25L, 60L, 110L, 240L, 300L, 900L, 4_000L, 9_000L),
                random);
        put(
                attributes,
                "revenue",
                List.of(
                        new BigDecimal("0.05"),
                        new BigDecimal("0.4"),
                        new BigDecimal("2.5"),
                        7L,
                        new BigDecimal("48.9"),
                        120L),
                random);
        put(attributes, "trial", List.of(true, false, false), random);
        put(
                attributes,
                "industry",
                List.of("software", "fintech", "retail", "logistics", "health", "education", "public"),
                random);
        put(attributes, "country", List.of("DE", "AT", "CH", "FR", "NL", "PL", "US", "IN", "BR"), random);
        put(
                attributes,
                "title",
                List.of("Chief Operating Officer", "Head of Operations", "VP Sales", "Analyst", "Intern"),
                random);
        put(attributes, "source", List.of("ads", "web", "referral", "event"), random);
        put(attributes, "campaign", List.of("spring", "fall", "brand"), random);
        put(attributes, "persona", List.of("ops-leader", "cfo", "developer"), random);
        put(
                attributes,
                "emailDomain",
                List.of("corp.example", "acme.example", "freemail.example", "rival.example", "shop.example"),
                random);
        return attributes;
    }

    private static void put(Map<String, Object> attributes, String name, List<?> values, Random random) {
        if (random.nextInt(5) > 0) {
            attributes.put(name, pick(values, random));
        }
    }

    private static <T> T pick(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private KnownLead nextLead() {
        next = (next + 1) & (LEADS - 1);
        return leads.get(next);
    }

    /** A capture or an enrichment: attributes and engagement are judged. */
    @Benchmark
    public Evaluation enrichedAsUsed() {
        KnownLead lead = nextLead();
        return lead.tally.evaluate(policy.fit(lead.attributes), NOW);
    }

    @Benchmark
    public Evaluation enrichedInterpreted() {
        KnownLead lead = nextLead();
        return lead.tally.evaluate(policy.fitAsking(condition -> condition.interpret(lead.attributes)), NOW);
    }

    /** An activity of a lead that is in memory: no attribute changed, so the fit is still known. */
    @Benchmark
    public Evaluation activityAsUsed() {
        KnownLead lead = nextLead();
        return lead.tally.evaluate(lead.fit, NOW);
    }

    @Benchmark
    public FitResult fitAsUsed() {
        return policy.fit(nextLead().attributes);
    }

    @Benchmark
    public FitResult fitInterpreted() {
        KnownLead lead = nextLead();
        return policy.fitAsking(condition -> condition.interpret(lead.attributes));
    }

    /** No test: only the profile takes it for one. {@code -Dbench.profiler=stack} or another of JMH's tells where time goes. */
    @Test
    void tellsTheRatios() throws RunnerException {
        var options = new OptionsBuilder().include(PolicyBenchmark.class.getName());
        String profiler = System.getProperty("bench.profiler", "");
        if (!profiler.isEmpty()) {
            options.addProfiler(profiler);
        }
        Map<String, Double> perSecond = new HashMap<>();
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            perSecond.put(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore());
        }
        tell(perSecond, "enriched");
        tell(perSecond, "fit");
        System.out.printf(
                Locale.ROOT, "activity: %,.0f evaluations/s%n", perSecond.getOrDefault("activityAsUsed", Double.NaN));
    }

    private static void tell(Map<String, Double> perSecond, String what) {
        double used = perSecond.getOrDefault(what + "AsUsed", Double.NaN);
        double interpreted = perSecond.getOrDefault(what + "Interpreted", Double.NaN);
        System.out.printf(
                Locale.ROOT,
                "%s: %,.0f evaluations/s as used, %,.0f interpreted: %.1f times%n",
                what,
                used,
                interpreted,
                used / interpreted);
    }
}
