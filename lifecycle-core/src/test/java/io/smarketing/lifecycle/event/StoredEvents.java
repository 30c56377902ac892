package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as the engine stores them, each worth a file of the corpus: together they fill and leave out every field. */
final class StoredEvents {

    private static final EventId ID = new EventId("urn:crm", "e-4711");
    private static final EventId FOREIGN_ID = new EventId("urn:日本/😀", "a b\"c\\d/é");
    private static final Instant OCCURRED = Instant.parse("2026-03-01T09:30:00Z");
    private static final Instant OCCURRED_FINELY = Instant.parse("2026-03-01T09:30:00.123456Z");
    private static final Instant RECORDED = Instant.parse("2026-03-02T00:00:00.000001Z");
    private static final PolicyRef POLICY = new PolicyRef("standard", "3");
    private static final Fingerprint FINGERPRINT = new Fingerprint(0x0123456789abcdefL, 0xfedcba9876543210L);
    private static final LeadEvent.Contact SEALED = new LeadEvent.Contact.Sealed("AQIDBAUGBwgJCgsMDQ4PEA==");
    private static final LeadEvent.Contact OPEN =
            new LeadEvent.Contact.Open("Kim@Example.org", "Kim Grüße", "+49 30 1234", "Example & Söhne");

    /** One event under the name of its file. */
    record Variant(String name, Recorded recorded) {

        EventType type() {
            return EventType.of(recorded.event());
        }
    }

    private final List<Variant> variants = new ArrayList<>();

    private StoredEvents() {}

    static List<Variant> all() {
        StoredEvents events = new StoredEvents();
        events.captured();
        events.enriched();
        events.activity();
        events.decisions();
        events.verdicts();
        events.markers();
        return List.copyOf(events.variants);
    }

    private void captured() {
        judged(
                "full",
                new LeadEvent.Captured("web", "spring", "developer", attributes(), SEALED, money("1250.50", "EUR")));
        plain("required", new LeadEvent.Captured(null, null, null, Map.of(), null, null));
        // A parked fact waits with its contact open, the whole of it sealed.
        plain(
                "open-contact",
                new LeadEvent.Captured("web", null, null, Map.of("emailDomain", "example.org"), OPEN, null));
        judged("no-contact", new LeadEvent.Captured("import", null, "", attributes(), null, money("0", null)));
        foreign("unicode", new LeadEvent.Captured("Größe\n\"é\"", "日本", "😀", Map.of("größe", "\u0001"), SEALED, null));
        judged(
                "empty-cost",
                new LeadEvent.Captured("web", null, null, Map.of(), null, new LeadEvent.Money(null, null)));
        judged("large-cost", new LeadEvent.Captured(null, null, null, Map.of(), null, money("1E+30", "EUR")));
    }

    private void enriched() {
        judged("full", new LeadEvent.Enriched(attributes(), SEALED));
        plain("required", new LeadEvent.Enriched(Map.of(), null));
        plain(
                "open-contact",
                new LeadEvent.Enriched(
                        Map.of("emailDomain", "example.org"),
                        new LeadEvent.Contact.Open("kim@example.org", null, null, null)));
        judged("empty-contact", new LeadEvent.Enriched(Map.of(), new LeadEvent.Contact.Open(null, null, null, null)));
        judged("one-attribute-erased", new LeadEvent.Enriched(attribute("employees", null), null));
        foreign("unicode", new LeadEvent.Enriched(Map.of("日本", "😀"), SEALED));
    }

    private void activity() {
        judged("full", new LeadEvent.Activity("demo_request", "pricing-page", 3));
        plain("required", new LeadEvent.Activity("page_view", null, 1));
        judged("most", new LeadEvent.Activity("email_click", "", Integer.MAX_VALUE));
        foreign("unicode", new LeadEvent.Activity("見る", "\t\"a\\b\"/é", 2));
    }

    private void decisions() {
        judged("full", new LeadEvent.Accepted("kim"));
        plain("required", new LeadEvent.Accepted(null));
        foreign("unicode", new LeadEvent.Accepted("Kim Grüße 😀"));

        judged("full", new LeadEvent.Rejected("kim", "no-budget"));
        plain("required", new LeadEvent.Rejected(null, null));
        foreign("unicode", new LeadEvent.Rejected("金", "\"too\\small\""));

        judged("full", new LeadEvent.Contacted("kim", "call", "reached"));
        plain("required", new LeadEvent.Contacted(null, null, null));
        foreign("unicode", new LeadEvent.Contacted("金", "Brieftaube", "no_answer"));

        judged("full", new LeadEvent.Won(new BigDecimal("12500.50"), "EUR"));
        plain("required", new LeadEvent.Won(null, null));
        judged("decimals", new LeadEvent.Won(new BigDecimal("0.10000000000000000000000001"), "BTC"));
        judged("negative", new LeadEvent.Won(new BigDecimal("-1E-20"), null));
        foreign("unicode", new LeadEvent.Won(new BigDecimal("123456789012345678901234567890"), "€"));

        judged("full", new LeadEvent.Lost("kim", "competitor"));
        plain("required", new LeadEvent.Lost(null, null));
        foreign("unicode", new LeadEvent.Lost("金", "zu teuer: 10 €"));

        judged("full", new LeadEvent.Voided(new EventId("urn:crm", "e-4710"), "kim", "typing mistake"));
        plain("required", new LeadEvent.Voided(new EventId("urn:crm", "e-4710"), null, null));
        foreign("unicode", new LeadEvent.Voided(FOREIGN_ID, "金", "Irrtum 😀"));

        judged("full", new LeadEvent.Erased());
        plain("required", new LeadEvent.Erased());
        foreign("unicode", new LeadEvent.Erased());
    }

    private void verdicts() {
        List<Contribution> contributions = List.of(
                new Contribution("demo", 30),
                new Contribution("größe 😀", -5),
                new Contribution("most", Long.MAX_VALUE),
                new Contribution("nothing", 0));
        own(
                "full",
                new LeadEvent.Scored(whole(55), whole(25), whole(30), "competitor", whole(25), POLICY, contributions));
        own("required", new LeadEvent.Scored(null, null, null, null, null, null, List.of()));
        own("first", new LeadEvent.Scored(whole(0), whole(0), whole(0), null, null, POLICY, List.of()));
        own(
                "disqualified-without-words",
                new LeadEvent.Scored(
                        whole(-5), whole(-5), whole(0), "", whole(10), POLICY, List.of(new Contribution("size", -5))));
        plain(
                "external",
                new LeadEvent.Scored(
                        new BigDecimal("71.25"), null, new BigDecimal("0.10"), null, null, null, List.of()));
        foreign(
                "external-with-policy",
                new LeadEvent.Scored(
                        new BigDecimal("71.25"),
                        null,
                        null,
                        "gesperrt 😀",
                        null,
                        new PolicyRef("suite@日本", "2026-03.1"),
                        List.of()));

        own("full", new LeadEvent.MarkedMql(whole(55), POLICY));
        plain("required", new LeadEvent.MarkedMql(null, null));
        judged("external", new LeadEvent.MarkedMql(new BigDecimal("71.250"), null));
        foreign("external-with-policy", new LeadEvent.MarkedMql(whole(80), new PolicyRef("suite@日本", "2026-03.1")));
    }

    private void markers() {
        judged("full", new LeadEvent.Rescored(POLICY));
        plain("required", new LeadEvent.Rescored(null));
        foreign("unicode", new LeadEvent.Rescored(new PolicyRef("größe@日本", "1.0-😀")));
    }

    /** Every kind of value that an attribute can have, in an order that is not the alphabet's. */
    private static Map<String, @Nullable Object> attributes() {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        attributes.put("industry", "software");
        attributes.put("employees", 120L);
        attributes.put("smallest", Long.MIN_VALUE);
        attributes.put("revenue", new BigDecimal("1250000.50"));
        attributes.put("beyondLong", new BigDecimal("9223372036854775808"));
        attributes.put("huge", new BigDecimal("1E+999"));
        attributes.put("tiny", new BigDecimal("1.50E-30"));
        attributes.put("customer", true);
        attributes.put("partner", false);
        attributes.put("gone", null);
        attributes.put("empty", "");
        attributes.put("tags", new LeadEvent.Composite("[\"a\",1,2.50,null,{\"b\":[]}]"));
        attributes.put("address", new LeadEvent.Composite("{\"city\":\"Köln\",\"zip\":\"01234\"}"));
        attributes.put("größe 😀", "Zeile\nZwei\u2028\"\\/");
        return attributes;
    }

    private static Map<String, @Nullable Object> attribute(String name, @Nullable Object value) {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        attributes.put(name, value);
        return attributes;
    }

    private static LeadEvent.Money money(String amount, @Nullable String currency) {
        return new LeadEvent.Money(new BigDecimal(amount), currency);
    }

    private static BigDecimal whole(long number) {
        return BigDecimal.valueOf(number);
    }

    /** A fact as a policy has judged it. */
    private void judged(String name, LeadEvent event) {
        add(name, ID, OCCURRED_FINELY, event, POLICY, FINGERPRINT);
    }

    /** An event that no policy has judged. */
    private void plain(String name, LeadEvent event) {
        add(name, ID, OCCURRED, event, null, FINGERPRINT);
    }

    /** What the engine itself made of a fact: nobody sent it. */
    private void own(String name, LeadEvent event) {
        add(name, new EventId(Lead.ENGINE, "L-4711/7"), OCCURRED, event, POLICY, null);
    }

    /** An event whose envelope, too, is written in other scripts. */
    private void foreign(String name, LeadEvent event) {
        add(name, FOREIGN_ID, OCCURRED, event, new PolicyRef("größe@日本", "1.0-😀"), new Fingerprint(-1, 0));
    }

    private void add(
            String name,
            EventId id,
            Instant occurredAt,
            LeadEvent event,
            @Nullable PolicyRef judgedBy,
            @Nullable Fingerprint fingerprint) {
        String leadId = id.equals(FOREIGN_ID) ? "Lead/é 日本 😀" : "L-4711";
        variants.add(new Variant(name, new Recorded(leadId, id, occurredAt, RECORDED, event, judgedBy, fingerprint)));
    }
}
