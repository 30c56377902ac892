package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.YamlDocument;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what marketing and sales agreed beside who qualifies: stages, sla, rejectionReasons, goals. */
final class AgreementReader {

    private static final long MOST_ATTEMPTS = 1_000;
    private static final long HIGHEST_TARGET = 1_000_000_000;

    private final YamlDocument.Mapping document;

    AgreementReader(YamlDocument.Mapping document) {
        this.document = document;
    }

    Agreement read() {
        return new Agreement(stages(), sla(), rejectionReasons(), goals());
    }

    private StageTimes stages() {
        YamlDocument.@Nullable Mapping stages = section("stages", List.of("captured", "mql", "accepted", "contacted"));
        return stages == null
                ? StageTimes.NONE
                : new StageTimes(
                        period(stages, "captured"),
                        period(stages, "mql"),
                        period(stages, "accepted"),
                        period(stages, "contacted"));
    }

    private Sla sla() {
        YamlDocument.@Nullable Mapping sla =
                section("sla", List.of("acceptWithin", "contactWithin", "minAttempts", "giveUpAfter", "calendar"));
        if (sla == null) {
            return Sla.NONE;
        }
        YamlDocument.@Nullable Value attempts = sla.optional("minAttempts");
        YamlDocument.@Nullable Value calendar = sla.optional("calendar");
        return new Sla(
                period(sla, "acceptWithin"),
                period(sla, "contactWithin"),
                attempts == null ? OptionalInt.empty() : OptionalInt.of((int) attempts.wholeNumber(1, MOST_ATTEMPTS)),
                period(sla, "giveUpAfter"),
                calendar == null ? null : calendar(calendar.mapping()));
    }

    private YamlDocument.@Nullable Mapping section(String key, List<String> known) {
        YamlDocument.@Nullable Value place = document.optional(key);
        if (place == null) {
            return null;
        }
        YamlDocument.Mapping section = place.mapping();
        section.onlyKeys(known);
        if (section.isEmpty()) {
            document.keyOf(key)
                    .warning("'%s' says nothing".formatted(key), "give it %s, or leave it out".formatted(known.get(0)));
        }
        return section;
    }

    private static @Nullable Duration period(YamlDocument.Mapping mapping, String key) {
        return Period.read(mapping, key, false).orElse(null);
    }

    private static @Nullable BusinessCalendar calendar(YamlDocument.Mapping calendar) {
        calendar.onlyKeys(List.of("zone", "hours", "holidays"));
        YamlDocument.@Nullable Value zonePlace =
                calendar.required("zone", "name the time zone, as zone: Europe/Berlin");
        YamlDocument.@Nullable Value hours =
                calendar.required("hours", "say when somebody is there, as hours: \"Mon-Fri 09:00-17:00\"");
        Optional<ZoneId> zone = zonePlace == null ? Optional.empty() : zone(zonePlace);
        List<BusinessCalendar.OpeningHours> week = hours == null ? List.of() : WorkingWeek.read(hours);
        SortedSet<LocalDate> holidays = holidays(calendar.optional("holidays"));
        return zone.map(id -> new BusinessCalendar(id, week, holidays)).orElse(null);
    }

    private static Optional<ZoneId> zone(YamlDocument.Value place) {
        String name = place.text();
        if (name.isBlank()) {
            return Optional.empty();
        }
        Set<String> known = ZoneId.getAvailableZoneIds();
        if (known.contains(name)) {
            return Optional.of(ZoneId.of(name));
        }
        place.error(
                "'%s' is no time zone".formatted(name),
                YamlDocument.nearest(name, new TreeSet<>(known))
                        .map("did you mean %s?"::formatted)
                        .orElse("write a region of the IANA list, as Europe/Berlin or UTC"));
        return Optional.empty();
    }

    private static SortedSet<LocalDate> holidays(YamlDocument.@Nullable Value place) {
        SortedSet<LocalDate> holidays = new TreeSet<>();
        if (place != null) {
            for (YamlDocument.Value item : place.items()) {
                String text = item.text();
                try {
                    if (!text.isBlank() && !holidays.add(LocalDate.parse(text))) {
                        item.error("'%s' stands here twice".formatted(text), "keep one of them");
                    }
                } catch (DateTimeException e) {
                    item.error("'%s' is no date".formatted(text), "write year, month and day as 2026-12-25");
                }
            }
        }
        return Collections.unmodifiableSortedSet(holidays);
    }

    private List<String> rejectionReasons() {
        return distinct("rejectionReasons", "too-small");
    }

    List<String> activities() {
        return distinct("activities", "demo_request");
    }

    private List<String> distinct(String key, String example) {
        List<String> texts = new ArrayList<>();
        YamlDocument.@Nullable Value place = document.optional(key);
        if (place == null) {
            return texts;
        }
        if (place.isList() && place.items().isEmpty()) {
            place.error("is empty", "name at least one, as %s, or leave %s out".formatted(example, key));
        }
        for (YamlDocument.Value item : place.items()) {
            String text = item.text();
            if (!text.isBlank() && texts.contains(text)) {
                item.error("'%s' stands here twice".formatted(text), "keep one of them");
            } else {
                texts.add(text);
            }
        }
        return texts;
    }

    private record GoalKey(@Nullable String persona, Goal.Metric metric, Goal.Per per) {}

    private List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        Set<GoalKey> set = new HashSet<>();
        YamlDocument.@Nullable Value place = document.optional("goals");
        if (place == null) {
            return goals;
        }
        for (YamlDocument.Value item : place.items()) {
            YamlDocument.Mapping mapping = item.mapping();
            mapping.onlyKeys(List.of("persona", "metric", "per", "target"));
            YamlDocument.@Nullable Value personaPlace = mapping.optional("persona");
            String persona = personaPlace == null ? null : personaPlace.text();
            Optional<Goal.Metric> metric =
                    word(mapping, "metric", Goal.Metric.values(), "say what counts, as metric: mql");
            Optional<Goal.Per> per = word(mapping, "per", Goal.Per.values(), "say in what period, as per: month");
            YamlDocument.@Nullable Value targetPlace = mapping.required("target", "say how many leads, as target: 120");
            long target = targetPlace == null ? 1 : targetPlace.wholeNumber(1, HIGHEST_TARGET);
            if (metric.isPresent() && per.isPresent()) {
                if (!set.add(new GoalKey(persona, metric.get(), per.get()))) {
                    mapping.error(
                            "a goal for %s per %s%s stands here already"
                                    .formatted(
                                            Goal.word(metric.get()),
                                            Goal.word(per.get()),
                                            persona == null ? "" : " of persona " + persona),
                            "keep one of them, or name another persona");
                }
                goals.add(new Goal(persona, metric.get(), per.get(), target));
            }
        }
        return goals;
    }

    private static <E extends Enum<E>> Optional<E> word(
            YamlDocument.Mapping mapping, String key, E[] constants, String mend) {
        YamlDocument.@Nullable Value place = mapping.required(key, mend);
        if (place == null) {
            return Optional.empty();
        }
        String word = place.oneOf(Goal.words(constants)).toUpperCase(Locale.ROOT);
        return Arrays.stream(constants)
                .filter(constant -> constant.name().equals(word))
                .findFirst();
    }
}
