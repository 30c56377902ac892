package io.smarketing.lifecycle.standalone.generate;

import io.smarketing.lifecycle.standalone.generate.Detail.Attribute;
import io.smarketing.lifecycle.standalone.generate.Detail.Captured;
import io.smarketing.lifecycle.standalone.generate.Detail.Contact;
import io.smarketing.lifecycle.standalone.generate.Market.Name;
import io.smarketing.lifecycle.standalone.generate.Market.Source;
import io.smarketing.lifecycle.standalone.generate.Market.Trait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a lead is in truth; its forms tell part of it, and not always rightly.
 *
 * @param quality how much likelier than usual it is to buy, about 1
 */
record Profile(
        Source source,
        @Nullable String persona,
        int employees,
        String industry,
        String country,
        String jobLevel,
        double quality) {

    static Profile draw(Dice dice) {
        Source source = Market.SOURCES.pick(dice);
        Trait persona = dice.chance(0.10) ? null : Market.PERSONAS.pick(dice);
        Trait industry = Market.INDUSTRIES.pick(dice);
        int employees = (int) Math.min(250_000, 1 + StrictMath.exp(3.7 + 1.7 * dice.normal()));
        double quality = source.quality()
                * (persona == null ? 0.8 : persona.quality())
                * industry.quality()
                * sizeQuality(employees)
                * (0.7 + 0.6 * dice.unit());
        return new Profile(
                source,
                persona == null ? null : persona.name(),
                employees,
                industry.name(),
                Market.COUNTRIES.pick(dice),
                Market.JOB_LEVELS.pick(dice),
                quality);
    }

    /** The marketing suite's points for who the lead is: of its own making, not those of any policy. */
    int fit() {
        int size = employees >= 200 ? 15 : employees >= 10 ? 10 : 0;
        int branch =
                industry.equals("software") || industry.equals("fintech") || industry.equals("manufacturing") ? 10 : 0;
        int role = "ops-leader".equals(persona) || "it-leader".equals(persona) ? 10 : 0;
        return size + branch + role;
    }

    boolean isNoBuyer() {
        return industry.equals("education") && (jobLevel.equals("intern") || jobLevel.equals("specialist"));
    }

    String currency() {
        return country.equals("US") || country.equals("GB") ? "USD" : "EUR";
    }

    Captured form(Dice dice) {
        return form(dice, source);
    }

    /** A form filled in by this person who came by that way. */
    Captured form(Dice dice, Source by) {
        List<Attribute> attributes = new ArrayList<>(4);
        if (dice.chance(0.75)) {
            attributes.add(new Attribute("employees", dice.chance(0.05) ? sizeRange() : (Object) employees));
        }
        if (dice.chance(0.82)) {
            attributes.add(new Attribute("industry", industry));
        }
        if (dice.chance(0.92)) {
            attributes.add(new Attribute("country", dice.chance(0.01) ? (Object) 49 : country));
        }
        if (dice.chance(0.60)) {
            attributes.add(new Attribute("jobLevel", jobLevel));
        }
        int costCents = by.costCents() == 0 ? 0 : by.costCents() / 2 + dice.below(by.costCents());
        return new Captured(
                by.name(),
                dice.chance(0.30) ? null : by.campaigns().pick(dice),
                persona,
                attributes,
                dice.chance(0.70) ? contact(dice) : null,
                costCents,
                currency());
    }

    /** What somebody looked up later: all that the form left out or got wrong. */
    List<Attribute> missingFrom(Captured form) {
        List<Attribute> missing = new ArrayList<>(4);
        missing.add(new Attribute("employees", employees));
        missing.add(new Attribute("industry", industry));
        missing.add(new Attribute("country", country));
        missing.add(new Attribute("jobLevel", jobLevel));
        missing.removeAll(form.attributes());
        return missing;
    }

    Contact contact(Dice dice) {
        Name first = Market.FIRST_NAMES.pick(dice);
        Name last = Market.LAST_NAMES.pick(dice);
        return new Contact(
                dice.chance(0.95)
                        ? first.mailbox() + "." + last.mailbox() + "@" + Market.MAIL_DOMAINS.pick(dice)
                        : null,
                dice.chance(0.90) ? first.text() + " " + last.text() : null,
                dice.chance(0.20) ? "+1-202-555-01" + dice.below(10) + dice.below(10) : null,
                dice.chance(0.75) ? Market.COMPANY_NAMES.pick(dice) + " " + Market.COMPANY_FORMS.pick(dice) : null);
    }

    private String sizeRange() {
        return employees < 10 ? "1-9" : employees < 50 ? "10-49" : employees < 100 ? "50-100" : "100+";
    }

    private static double sizeQuality(int employees) {
        return employees < 10 ? 0.6 : employees < 50 ? 1.0 : employees < 250 ? 1.3 : employees < 1_000 ? 1.2 : 0.9;
    }
}
