package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.Amount;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Visit;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What flipped first cycles meant to sales: the contacts that dropped ones took, what dropped wins were worth, and by how much
 * marks come sooner or later. Sales did all of it under the old rule; nothing is imputed. Mergeable; not thread-safe.
 */
public final class Workload {

    private final Durations sooner = Durations.exact();
    private final Durations later = Durations.exact();
    private final Map<@Nullable String, BigDecimal> revenue =
            new TreeMap<>(Comparator.nullsLast(FoldOrder::compareUtf8));
    private long dropped;
    private long contacts;
    private long reached;
    private long won;
    private long wonWithoutAmount;

    /**
     * Of the leads that flipped; the others add nothing.
     *
     * @param histories by lead, as they were replayed: of those that {@link #readsHistory} at least
     */
    public static Workload of(List<LeadResult> results, Map<String, LeadHistory> histories) {
        Workload workload = new Workload();
        for (LeadResult result : results) {
            if (readsHistory(result)) {
                workload.addDropped(result, Objects.requireNonNull(histories.get(result.leadId()), result.leadId()));
            } else {
                workload.addMarks(result);
            }
        }
        return workload;
    }

    /** Whether it takes a lead's history to tell what it meant: of the others the two marks tell it. */
    public static boolean readsHistory(LeadResult result) {
        return result.set() == MarkSet.DROPPED;
    }

    private void addMarks(LeadResult result) {
        switch (result.set()) {
            case EARLIER -> sooner.add(between(result));
            case LATER -> later.add(-between(result));
            case KEPT, GAINED, NEITHER, DROPPED -> {}
        }
    }

    private static long between(LeadResult result) {
        return Visit.micros(
                Objects.requireNonNull(result.candidateMark()), Objects.requireNonNull(result.baselineMark()));
    }

    private void addDropped(LeadResult result, LeadHistory history) {
        dropped++;
        boolean worth = false;
        for (Entry entry : FoldOrder.sorted(history.effective())) {
            LeadEvent event = entry.event();
            if (event instanceof LeadEvent.Contacted contacted) {
                contacts++;
                reached += LeadEvent.Contacted.REACHED.equals(contacted.outcome()) ? 1 : 0;
            } else if (event instanceof LeadEvent.Won win && !worth) {
                worth = true;
                addWin(win);
            } else if (event instanceof LeadEvent.Rejected || event instanceof LeadEvent.Lost) {
                break;
            }
        }
        if (worth != (result.outcome() == Cycle.Outcome.WON)) {
            throw new IllegalArgumentException("lead %s: this is not the history that was replayed, whose outcome is %s"
                    .formatted(result.leadId(), result.outcome()));
        }
    }

    private void addWin(LeadEvent.Won win) {
        won++;
        BigDecimal amount = Amount.summand(win.amount());
        if (amount == null) {
            wonWithoutAmount++;
        } else {
            revenue.merge(win.currency(), amount, BigDecimal::add);
        }
    }

    /** Adds what other leads meant. */
    public void merge(Workload other) {
        sooner.merge(other.sooner);
        later.merge(other.later);
        other.revenue.forEach((currency, amount) -> revenue.merge(currency, amount, BigDecimal::add));
        dropped += other.dropped;
        contacts += other.contacts;
        reached += other.reached;
        won += other.won;
        wonWithoutAmount += other.wonWithoutAmount;
    }

    /** First cycles that are not marked any more. */
    public long dropped() {
        return dropped;
    }

    /** Attempts at contact in dropped first cycles, before and after the mark. */
    public long contacts() {
        return contacts;
    }

    /** Those of them that got through. */
    public long reached() {
        return reached;
    }

    /** Dropped first cycles that were won. */
    public long won() {
        return won;
    }

    /** Wins of which nobody said what they were worth, or by no amount that can be added up: they are in no sum. */
    public long wonWithoutAmount() {
        return wonWithoutAmount;
    }

    /** Of dropped wins, by currency, which are never added across; null where an amount came without one. */
    public Map<@Nullable String, BigDecimal> revenue() {
        return Collections.unmodifiableMap(revenue);
    }

    /** By how much the earlier marks come sooner. */
    public Ranked sooner() {
        return sooner.ranked();
    }

    /** By how much the later marks come later. */
    public Ranked later() {
        return later.ranked();
    }

    public ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ObjectNode drops = node.putObject("dropped");
        drops.put("leads", dropped)
                .put("contacts", contacts)
                .put("contactsReached", reached)
                .put("won", won)
                .put("wonWithoutAmount", wonWithoutAmount);
        ArrayNode sums = drops.putArray("revenue");
        revenue.forEach(
                (currency, amount) -> sums.addObject().put("currency", currency).put("amount", amount));
        put(node.putObject("earlier"), sooner);
        put(node.putObject("later"), later);
        return node;
    }

    static void put(ObjectNode node, Durations durations) {
        FunnelRow.Times.of(durations).putTo(node);
    }
}
