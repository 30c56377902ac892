package io.smarketing.lifecycle.standalone.generate;

import static io.smarketing.lifecycle.standalone.generate.Rhythm.HOUR;

import org.jspecify.annotations.Nullable;

/** The made-up market: what leads, campaigns, pages and sales people there are, and how common each is. */
final class Market {

    /** @param quality how much likelier than usual such a lead is to buy */
    record Trait(String name, double quality) {}

    /** @param costCents per lead, about; 0 where nobody is paid */
    record Source(@Nullable String name, double quality, int costCents, Choice<String> campaigns) {}

    /**
     * @param pace usual time to act, in milliseconds
     * @param patience calls at most before giving up
     */
    record SalesPerson(String name, long pace, int patience) {}

    /** @param mailbox the name as an address may hold it */
    record Name(String text, String mailbox) {}

    static final Choice<Source> SOURCES = Choice.of(
                    source("organic_search", 1.0, 0, "blog", "comparison-pages", "calculator"), 240)
            .or(source("paid_search", 0.9, 4_500, "brand-search", "competitor-search", "category-search"), 200)
            .or(source("social", 0.6, 1_800, "founder-stories", "retargeting", "carousel-test"), 130)
            .or(source("direct", 1.0, 0, "homepage"), 110)
            .or(source("email", 1.1, 150, "newsletter", "win-back", "product-news"), 95)
            .or(source("referral", 1.7, 0, "partner-programme", "customer-referral"), 80)
            .or(source("display", 0.4, 900, "retargeting", "trade-press"), 70)
            .or(source("event", 1.4, 8_500, "trade-fair", "roadshow", "user-day"), 45)
            .or(source(null, 0.7, 0, "blog"), 20)
            .or(source("unknown", 0.7, 0, "blog"), 10);

    static final Choice<Trait> PERSONAS = Choice.of(new Trait("ops-leader", 1.4), 32)
            .or(new Trait("it-leader", 1.2), 26)
            .or(new Trait("analyst", 0.6), 24)
            .or(new Trait("founder", 1.0), 18);

    static final Choice<Trait> INDUSTRIES = Choice.of(new Trait("software", 1.3), 24)
            .or(new Trait("manufacturing", 1.1), 18)
            .or(new Trait("retail", 0.8), 15)
            .or(new Trait("health", 0.9), 12)
            .or(new Trait("fintech", 1.3), 11)
            .or(new Trait("education", 0.3), 8)
            .or(new Trait("logistics", 1.0), 8)
            .or(new Trait("public", 0.5), 4);

    static final Choice<String> COUNTRIES = Choice.of("DE", 34)
            .or("US", 20)
            .or("GB", 11)
            .or("FR", 8)
            .or("NL", 7)
            .or("AT", 6)
            .or("CH", 5)
            .or("PL", 4)
            .or("SE", 3)
            .or("ES", 2);

    static final Choice<String> JOB_LEVELS = Choice.of("manager", 34)
            .or("specialist", 30)
            .or("director", 18)
            .or("c-level", 12)
            .or("intern", 6);

    static final Choice<String> PAGES = Choice.of("home", 20)
            .or("blog/lead-scoring", 14)
            .or("product/overview", 12)
            .or("blog/sales-and-marketing", 9)
            .or("case-study/nordlicht", 7)
            .or("product/integrations", 6)
            .or("guide/first-funnel", 5)
            .or("product/security", 4)
            .or("blog/attribution", 3)
            .or("jobs", 1);

    static final Choice<String> PRICING_PAGES =
            Choice.of("pricing", 7).or("pricing/enterprise", 2).or("pricing/calculator", 2);

    static final Choice<String> EMAILS = Choice.of("mail/welcome", 5)
            .or("mail/newsletter", 6)
            .or("mail/case-study", 3)
            .or("mail/webinar-invitation", 2)
            .or("mail/last-call", 1);

    static final Choice<String> WEBINARS =
            Choice.of("webinar/scoring-basics", 4).or("webinar/replay-lab", 2).or("webinar/crm-hygiene", 1);

    static final Choice<SalesPerson> SALES_PEOPLE = Choice.of(new SalesPerson("a.berg", HOUR / 2, 6), 10)
            .or(new SalesPerson("b.costa", HOUR, 8), 10)
            .or(new SalesPerson("c.dahl", 2 * HOUR, 5), 9)
            .or(new SalesPerson("d.eriksen", 3 * HOUR, 7), 9)
            .or(new SalesPerson("e.fontaine", 5 * HOUR, 4), 8)
            .or(new SalesPerson("f.garcia", 8 * HOUR, 6), 8)
            .or(new SalesPerson("g.hartmann", 14 * HOUR, 3), 7)
            .or(new SalesPerson("h.ivanova", 20 * HOUR, 5), 6)
            .or(new SalesPerson("i.jansen", 30 * HOUR, 3), 5)
            .or(new SalesPerson("j.kowalski", 55 * HOUR, 2), 4);

    static final Choice<String> LOST_REASONS = Choice.evenly("budget", "competitor", "timing", "no-decision");

    static final Choice<Name> FIRST_NAMES = Choice.evenly(
            new Name("Anna", "anna"),
            new Name("Björn", "bjoern"),
            new Name("Chloé", "chloe"),
            new Name("David", "david"),
            new Name("Elif", "elif"),
            new Name("Fatima", "fatima"),
            new Name("Grace", "grace"),
            new Name("Hiroshi", "hiroshi"),
            new Name("Ines", "ines"),
            new Name("Jörg", "joerg"),
            new Name("Łukasz", "lukasz"),
            new Name("Zoë", "zoe"));

    static final Choice<Name> LAST_NAMES = Choice.evenly(
            new Name("Andersson", "andersson"),
            new Name("Baker", "baker"),
            new Name("Çelik", "celik"),
            new Name("Dupont", "dupont"),
            new Name("García", "garcia"),
            new Name("Kovács", "kovacs"),
            new Name("Müller", "mueller"),
            new Name("Nowak", "nowak"),
            new Name("O'Neil", "oneil"),
            new Name("Sørensen", "soerensen"),
            new Name("Tanaka", "tanaka"),
            new Name("Weiß", "weiss"));

    static final Choice<String> MAIL_DOMAINS =
            Choice.of("example.com", 6).or("example.org", 3).or("example.net", 2);

    static final Choice<String> COMPANY_NAMES = Choice.evenly(
            "Nordlicht",
            "Bluefield",
            "Kessler & Söhne",
            "Aurora",
            "\"Feinwerk\" Lang",
            "Quarry",
            "Tidewater",
            "Zephyr");

    static final Choice<String> COMPANY_FORMS = Choice.evenly("GmbH", "AG", "Ltd", "Inc", "S.A.", "B.V.");

    private Market() {}

    private static Source source(@Nullable String name, double quality, int costCents, String... campaigns) {
        return new Source(name, quality, costCents, Choice.evenly(campaigns));
    }
}
