package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which leads a replay lists one by one. */
final class ListedLeads {

    private static final String ALL = "all";
    private static final String FLIPPED = "flipped";

    @Option(
            names = "--leads",
            arity = "0..1",
            fallbackValue = ALL,
            paramLabel = "SETS",
            description = {
                "List leads with their set, outcome, marks and why they flipped: the fact, the rule, the instant.",
                "All of them, or of some sets: gained,dropped,earlier,later,kept,neither, or 'flipped' (the first four)."
            })
    private @Nullable String sets;

    @Option(
            names = "--page-size",
            paramLabel = "N",
            description = "List so many leads at most; says which was the last.")
    private @Nullable Integer pageSize;

    @Option(
            names = "--after",
            paramLabel = "LEAD_ID",
            description = "Only leads behind that one, in the order of their ids: the next page.")
    private @Nullable String after;

    /**
     * Some leads of a replay.
     *
     * @param next the last of them, where there are more behind it
     */
    record Page(List<LeadResult> leads, @Nullable String next) {}

    boolean isAsked() {
        return sets != null;
    }

    boolean isPaged() {
        return pageSize != null;
    }

    /** Refuses what cannot be listed, before any work is done. */
    void check() {
        if (!isAsked() && (pageSize != null || after != null)) {
            throw new WrongInput("--page-size and --after go with --leads (say which: --leads gained,dropped)");
        }
        if (pageSize != null && pageSize < 1) {
            throw new WrongInput("--page-size: at least one");
        }
        wanted();
    }

    private Set<MarkSet> wanted() {
        Set<MarkSet> wanted = EnumSet.noneOf(MarkSet.class);
        for (String word :
                sets == null ? new String[0] : sets.toLowerCase(Locale.ROOT).split(",", -1)) {
            List<MarkSet> named = named(word);
            if (named.isEmpty()) {
                throw new WrongInput("--leads: '%s' is no set (there are %s, %s, %s)"
                        .formatted(
                                word,
                                Arrays.stream(MarkSet.values())
                                        .map(MarkSet::word)
                                        .collect(Collectors.joining(", ")),
                                FLIPPED,
                                ALL));
            }
            wanted.addAll(named);
        }
        return wanted;
    }

    private static List<MarkSet> named(String word) {
        return Arrays.stream(MarkSet.values())
                .filter(set -> switch (word) {
                    case ALL -> true;
                    case FLIPPED -> set.isFlipped();
                    default -> set.word().equals(word);
                })
                .toList();
    }

    /** Takes the page out of all leads, which are in the order of their ids. */
    Page of(List<LeadResult> leads) {
        Set<MarkSet> wanted = wanted();
        String behind = after;
        int most = pageSize == null ? Integer.MAX_VALUE : pageSize;
        List<LeadResult> found = leads.stream()
                .filter(lead -> wanted.contains(lead.set()))
                .filter(lead -> behind == null || FoldOrder.compareUtf8(lead.leadId(), behind) > 0)
                .limit(pageSize == null ? Long.MAX_VALUE : most + 1L)
                .toList();
        boolean more = found.size() > most;
        List<LeadResult> page = more ? found.subList(0, most) : found;
        return new Page(page, more ? page.get(most - 1).leadId() : null);
    }
}
