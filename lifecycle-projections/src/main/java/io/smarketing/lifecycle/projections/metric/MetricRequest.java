package io.smarketing.lifecycle.projections.metric;

import static io.smarketing.lifecycle.projections.RefusedRequest.badRequest;

import io.smarketing.lifecycle.event.Quote;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.WrittenTime;
import io.smarketing.lifecycle.funnel.metric.ConversionPath;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Period;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.projections.RefusedRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * What was asked for, checked as far as that can be done without looking.
 *
 * @param values of the dimension; null among them is the missing one; none for all
 * @param version the policy to be judged by; null for a series that has a name of its own
 * @param order of judging; null where nothing was said
 * @param asOf the instant at which open visits and windows are looked at; null where nothing was said
 * @param conversions null for other metrics
 * @param limit of rows
 * @param offset rows that are left out before the first
 */
record MetricRequest(
        Metric metric,
        Grain grain,
        Dimension dimension,
        Set<@Nullable String> values,
        String policy,
        @Nullable PolicyRef version,
        Judge.@Nullable Order order,
        CaptureRange captured,
        @Nullable Instant asKnownAt,
        @Nullable Instant asOf,
        MetricDefinition definition,
        @Nullable AskedConversions conversions,
        List<Duration> horizons,
        @Nullable Format format,
        int limit,
        int offset) {

    /** The official series. */
    static final String ACTIVE = "active";

    static final int MOST_ROWS = 100_000;

    private static final int ROWS = 10_000;
    private static final int LONGEST_NAME = 200;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._-]{1,100}@[A-Za-z0-9._-]{1,100}");
    private static final List<String> PARAMETERS = List.of(
            "dimension",
            "value",
            "missing",
            "grain",
            "policy",
            "order",
            "from",
            "to",
            "zone",
            "asKnownAt",
            "asOf",
            "format",
            "limit",
            "offset");

    /** How an answer is written. */
    enum Format {
        JSON,
        CSV
    }

    /**
     * Reads parameters; what is wrong with them is thrown as the answer.
     *
     * @param zone of the days where no other is asked for
     */
    static MetricRequest read(String name, MultiValueMap<String, String> parameters, ZoneId zone) {
        Metric metric = oneOf("metric", name, Arrays.asList(Metric.values()), Metric::word);
        return new Parameters(metric, parameters).read(zone);
    }

    /** Whether the days in the read tables can tell it, if they are of its policy. */
    boolean isOfAllThatIsKnown(ZoneId zone) {
        return asKnownAt == null
                && captured.from() == null
                && captured.to() == null
                && definition.equals(MetricDefinition.standard(zone));
    }

    /** Whether a row is asked for. */
    boolean holds(MetricCube.ValueRow row) {
        return (values.isEmpty() || values.contains(row.value()))
                && (conversions == null || conversions.holds(row.row()));
    }

    private static <T> T oneOf(String field, String word, List<T> all, Function<T, String> words) {
        return all.stream()
                .filter(one -> words.apply(one).equals(word))
                .findFirst()
                .orElseThrow(() -> RefusedRequest.unknown(
                        field, word, all.stream().map(words).toList()));
    }

    /** One request while it is read. */
    private static final class Parameters {

        private final Metric metric;
        private final MultiValueMap<String, String> given;

        Parameters(Metric metric, MultiValueMap<String, String> given) {
            this.metric = metric;
            this.given = given;
        }

        MetricRequest read(ZoneId serverZone) {
            onlyKnown();
            Dimension dimension = dimension();
            @Nullable String zoneName = text("zone");
            ZoneId zone = zoneName == null ? serverZone : zone(zoneName);
            CaptureRange captured = new CaptureRange(
                    instant("from", zone, WrittenTime::beginning), instant("to", zone, WrittenTime::beginning));
            if (captured.isEmpty()) {
                throw badRequest(
                        "empty-range",
                        "from",
                        "%s is not before %s: no lead can be captured between"
                                .formatted(captured.from(), captured.to()),
                        "give a 'from' before 'to', or leave one out");
            }
            @Nullable Instant asKnownAt = instant("asKnownAt", zone, WrittenTime::end);
            @Nullable Instant asOf = instant("asOf", zone, WrittenTime::end);
            if (asKnownAt != null && asOf != null && asOf.isBefore(asKnownAt)) {
                throw badRequest(
                        "too-early",
                        "asOf",
                        "%s lies before what is to be known, up to %s".formatted(asOf, asKnownAt),
                        "give an earlier 'asKnownAt' to know less");
            }
            String policy = textOr("policy", ACTIVE);
            @Nullable PolicyRef version = version(policy);
            @Nullable AskedConversions conversions = metric == Metric.CONVERSION ? conversions() : null;
            return new MetricRequest(
                    metric,
                    oneOf("grain", textOr("grain", Grain.MONTH.word()), Arrays.asList(Grain.values()), Grain::word),
                    dimension,
                    values(),
                    policy,
                    version,
                    order(version),
                    captured,
                    asKnownAt,
                    asOf,
                    conversions == null ? MetricDefinition.standard(zone) : definition(conversions, zone),
                    conversions,
                    horizons(),
                    format(),
                    number("limit", ROWS, 1, MOST_ROWS),
                    number("offset", 0, 0, Integer.MAX_VALUE));
        }

        private void onlyKnown() {
            List<String> known = new ArrayList<>(PARAMETERS);
            if (metric == Metric.CONVERSION) {
                known.addAll(List.of("steps", "within"));
            } else if (metric == Metric.INCIDENCE || metric == Metric.RESPONSE) {
                known.addAll(List.of("at", "curve"));
            }
            for (String name : given.keySet()) {
                if (!known.contains(name)) {
                    throw badRequest(
                            "unknown-parameter",
                            Quote.of(name),
                            "%s has no parameter '%s'".formatted(metric.word(), Quote.of(name)),
                            "leave it out; there are " + String.join(", ", known));
                }
            }
        }

        private @Nullable String text(String name) {
            List<String> values = given.getOrDefault(name, List.of());
            if (values.size() > 1) {
                throw badRequest("given-twice", name, "'%s' is there more than once".formatted(name), "give it once");
            }
            return values.isEmpty() ? null : values.get(0);
        }

        private String textOr(String name, String otherwise) {
            String text = text(name);
            return text == null ? otherwise : text;
        }

        private Dimension dimension() {
            String name = textOr("dimension", Dimension.ALL.name());
            if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
                throw badRequest(
                        "unknown-dimension",
                        "dimension",
                        "'%s' names no dimension".formatted(Quote.of(name)),
                        "use one of %s or an attribute".formatted(String.join(", ", Dimension.BUILT_IN)));
            }
            return new Dimension(name);
        }

        private Set<@Nullable String> values() {
            Set<@Nullable String> values = new HashSet<>(given.getOrDefault("value", List.of()));
            if (truth("missing")) {
                values.add(null);
            }
            return values;
        }

        private boolean truth(String name) {
            String text = textOr(name, "false");
            if (!text.equals("true") && !text.equals("false")) {
                throw badRequest(
                        "wrong-type",
                        name,
                        "'%s' is neither true nor false".formatted(Quote.of(text)),
                        "write %s=true, or leave it out".formatted(name));
            }
            return text.equals("true");
        }

        private static ZoneId zone(String name) {
            try {
                return ZoneId.of(name);
            } catch (DateTimeException e) {
                throw badRequest(
                        "bad-zone",
                        "zone",
                        "'%s' is no time zone".formatted(Quote.of(name)),
                        "write UTC or Europe/Berlin");
            }
        }

        private @Nullable Instant instant(String name, ZoneId zone, BiFunction<String, ZoneId, Instant> meaning) {
            String text = text(name);
            try {
                return text == null ? null : meaning.apply(text, zone);
            } catch (DateTimeException e) {
                throw badRequest("bad-time", name, "'%s' is no time".formatted(Quote.of(text)), WrittenTime.MEND);
            }
        }

        private @Nullable PolicyRef version(String policy) {
            if (policy.equals(ACTIVE) || policy.equals(MetricHead.RECORDED)) {
                return null;
            } else if (!REFERENCE.matcher(policy).matches()) {
                throw badRequest(
                        "unknown-policy",
                        "policy",
                        "'%s' names no version of a policy".formatted(Quote.of(policy)),
                        "use one of %s, %s or name@version".formatted(ACTIVE, MetricHead.RECORDED));
            }
            int at = policy.indexOf('@');
            return new PolicyRef(policy.substring(0, at), policy.substring(at + 1));
        }

        private Judge.@Nullable Order order(@Nullable PolicyRef version) {
            String order = text("order");
            if (order == null) {
                return null;
            } else if (version == null) {
                throw badRequest(
                        "order-without-policy",
                        "order",
                        "'order' goes with a policy's version: all else is as it was judged",
                        "leave it out, or give a policy as name@version");
            }
            return oneOf(
                    "order",
                    order,
                    Arrays.asList(Judge.Order.values()),
                    one -> one.name().toLowerCase(Locale.ROOT));
        }

        private AskedConversions conversions() {
            List<ConversionPath> paths = new ArrayList<>();
            for (String steps : given.getOrDefault("steps", List.of())) {
                try {
                    paths.add(ConversionPath.parse(steps));
                } catch (IllegalArgumentException e) {
                    throw badRequest(
                            "bad-steps",
                            "steps",
                            Quote.of(String.valueOf(e.getMessage())),
                            "write steps=CAPTURED,MQL,WON");
                }
            }
            if (paths.isEmpty()) {
                paths.add(MetricDefinition.standard(ZoneId.of("UTC")).paths().get(0));
            }
            return new AskedConversions(paths, periods("within"));
        }

        private static MetricDefinition definition(AskedConversions conversions, ZoneId zone) {
            try {
                return conversions.definition(zone);
            } catch (IllegalArgumentException e) {
                throw badRequest("too-many", "steps", String.valueOf(e.getMessage()), "ask for fewer at a time");
            }
        }

        private List<Duration> horizons() {
            List<Duration> at = periods("at");
            if (truth("curve")) {
                if (!at.isEmpty()) {
                    throw badRequest(
                            "at-with-curve", "at", "'curve' tells every step already", "leave 'at' or 'curve' out");
                }
                return List.of();
            }
            return at.isEmpty() ? metric.horizons() : at;
        }

        private List<Duration> periods(String name) {
            List<Duration> periods = new ArrayList<>();
            for (String text : given.getOrDefault(name, List.of())) {
                periods.add(Period.parse(text)
                        .filter(period -> !period.isZero())
                        .orElseThrow(() -> badRequest(
                                "bad-period",
                                name,
                                "'%s' is no period longer than nothing".formatted(Quote.of(text)),
                                "write days, hours or minutes as P30D, PT24H, PT5M")));
            }
            return periods;
        }

        private @Nullable Format format() {
            String format = text("format");
            return format == null
                    ? null
                    : oneOf(
                            "format",
                            format,
                            Arrays.asList(Format.values()),
                            one -> one.name().toLowerCase(Locale.ROOT));
        }

        private int number(String name, int otherwise, int least, int most) {
            String text = text(name);
            if (text == null) {
                return otherwise;
            }
            int number = WHOLE_NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
            if (number < least || number > most) {
                throw badRequest(
                        "bad-" + name,
                        name,
                        "'%s' is no number from %d to %d".formatted(Quote.of(text), least, most),
                        "write %s=%d".formatted(name, otherwise));
            }
            return number;
        }
    }
}
