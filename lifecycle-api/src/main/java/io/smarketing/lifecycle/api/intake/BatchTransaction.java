package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.policies.Policies;
import io.smarketing.lifecycle.api.privacy.Vault;
import io.smarketing.lifecycle.api.store.LeadCommands;
import io.smarketing.lifecycle.api.store.LeadStore;
import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.Decide;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Receipt;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.RefusedCommand;
import io.smarketing.lifecycle.lead.Rescore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Does many pieces of work in one database transaction. A command that is refused loses only itself; the transaction is
 * wholly committed before anybody is told an outcome, or has not happened.
 */
@Component
class BatchTransaction {

    private final TransactionManager transactions;
    private final LeadCommands commands;
    private final LeadStore store;
    private final Policies policies;
    private final Vault vault;
    private final KnownEvents knownEvents;
    private final ParkedFacts parkedFacts;
    private final Refusals refusals;
    private final Tallies tallies;

    BatchTransaction(
            TransactionManager transactions,
            LeadCommands commands,
            LeadStore store,
            Policies policies,
            Vault vault,
            KnownEvents knownEvents,
            ParkedFacts parkedFacts,
            Refusals refusals,
            Tallies tallies) {
        this.transactions = transactions;
        this.commands = commands;
        this.store = store;
        this.policies = policies;
        this.vault = vault;
        this.knownEvents = knownEvents;
        this.parkedFacts = parkedFacts;
        this.refusals = refusals;
        this.tallies = tallies;
    }

    /** How a batch finds out what has come before. */
    enum Trust {
        /**
         * A lead knows its own events, and the database refuses an event under another lead's name: then the transaction fails. The quick
         * way, for nearly all there is.
         */
        LEADS,
        /** All events are looked up in the database, and all leads read from it. */
        DATABASE
    }

    /**
     * Does the works.
     *
     * @return outcomes in the order of the works
     */
    List<Outcome> run(List<? extends Work> works, int writer, Trust trust) {
        UnitOfWork<?> root = DefaultUnitOfWork.startAndGet(null);
        try {
            root.attachTransaction(transactions);
            if (!TransactionSynchronizationManager.isActualTransactionActive()) {
                throw new IllegalStateException("Axon's transaction manager is not the database's");
            }
            policies.beginBatch();
            Batch batch = new Batch(works, Instant.now().truncatedTo(ChronoUnit.MICROS), trust);
            List<Outcome> outcomes = batch.run();
            root.onPrepareCommit(unit -> {
                store.writeBatch();
                tallies.add(batch.sheet, writer);
            });
            root.commit();
            return outcomes;
        } catch (RuntimeException | Error e) {
            if (root.isActive()) {
                root.rollback(e);
            }
            store.forget(works.stream().map(Work::leadId).toList());
            throw e;
        } finally {
            store.endBatch();
            policies.endBatch();
        }
    }

    private final class Batch {

        private final List<? extends Work> works;
        private final Instant now;
        private final List<Outcome> outcomes;
        private final Tallies.Sheet sheet = new Tallies.Sheet();
        private final List<Refusals.Remembered> remembered = new ArrayList<>();
        private final Map<EventId, KnownEvents.Known> known;
        private final Map<String, List<Work.Parked>> waiting = new HashMap<>();
        private final List<Long> released = new ArrayList<>();

        /** Facts of this batch whose lead no batch has captured yet, by their place in it. */
        private final Map<Integer, Work.Delivery> parked = new LinkedHashMap<>();

        private Vault.Keys keys;
        private ParkedFacts.@Nullable Room room;
        private final Set<EventId> deliveries = new LinkedHashSet<>();

        /** Whether all deliveries have been looked up in the database, and not only the parked ones. */
        private boolean allLookedUp;

        Batch(List<? extends Work> works, Instant now, Trust trust) {
            this.works = works;
            this.now = now;
            this.outcomes = new ArrayList<>(works.size());
            Set<EventId> decisions = new LinkedHashSet<>();
            Set<String> captured = new LinkedHashSet<>();
            for (Work work : works) {
                if (work instanceof Work.Delivery delivery) {
                    deliveries.add(delivery.arrival().eventId());
                    if (delivery.arrival().event() instanceof LeadEvent.Captured) {
                        captured.add(delivery.leadId());
                    }
                } else if (work instanceof Work.Decision decision) {
                    decisions.add(decision.eventId());
                } else if (work instanceof Work.Release release) {
                    captured.add(release.leadId());
                }
            }
            this.allLookedUp = trust == Trust.DATABASE;
            this.known = knownEvents.find(trust == Trust.LEADS ? knownEvents.parked(deliveries) : deliveries);
            known.putAll(knownEvents.find(decisions));
            List<Work.Parked> waitingNow = parkedFacts.take(captured);
            Set<EventId> parkedIds = new LinkedHashSet<>();
            for (Work.Parked fact : waitingNow) {
                waiting.computeIfAbsent(fact.arrival().leadId(), leadId -> new ArrayList<>())
                        .add(fact);
                parkedIds.add(fact.arrival().eventId());
            }
            known.putAll(knownEvents.find(parkedIds));
            this.keys = vault.keysToSeal(leadsToSeal(waitingNow));
            begin(trust, waiting.keySet());
        }

        private Set<String> leadsToSeal(List<Work.Parked> waitingNow) {
            Set<String> leads = new LinkedHashSet<>();
            for (Work work : works) {
                if (work instanceof Work.Delivery delivery
                        && !known.containsKey(delivery.arrival().eventId())
                        && Vault.isPersonal(delivery.arrival().event())) {
                    leads.add(delivery.leadId());
                }
            }
            for (Work.Parked fact : waitingNow) {
                if (Vault.isPersonal(fact.arrival().event())) {
                    leads.add(fact.arrival().leadId());
                }
            }
            return leads;
        }

        private void begin(Trust trust, Set<String> waitedFor) {
            Set<String> leads = new LinkedHashSet<>(waitedFor);
            Set<String> afresh = new LinkedHashSet<>();
            for (Work work : works) {
                if (work instanceof Work.Delivery delivery) {
                    if (!known.containsKey(delivery.arrival().eventId())) {
                        leads.add(work.leadId());
                    }
                } else if (work instanceof Work.Decision) {
                    leads.add(work.leadId());
                    afresh.add(work.leadId());
                } else if (work instanceof Work.Rescoring) {
                    leads.add(work.leadId());
                }
            }
            store.beginBatch(leads, trust == Trust.LEADS ? afresh : leads);
        }

        List<Outcome> run() {
            for (int i = 0; i < works.size(); i++) {
                Work work = works.get(i);
                if (work instanceof Work.Delivery delivery) {
                    outcomes.add(take(i, delivery));
                    if (isCaptured(delivery, outcomes.get(i))) {
                        release(delivery.leadId());
                    }
                } else if (work instanceof Work.Decision decision) {
                    outcomes.add(decide(decision));
                } else if (work instanceof Work.Rescoring rescoring) {
                    outcomes.add(rescore(rescoring));
                } else if (work instanceof Work.Release release) {
                    int before = released.size();
                    release(release.leadId());
                    outcomes.add(new Outcome.Released(released.size() - before));
                } else if (work instanceof Work.Broken broken) {
                    outcomes.add(refuse(broken.door(), broken.eventId().orElse(null), broken.refusal()));
                }
            }
            parkedFacts.park(parked.values(), now);
            parkedFacts.remove(released);
            refusals.remember(remembered, now);
            count();
            return outcomes;
        }

        /** Now or before: another process may have stored the capture while the facts that waited for it were locked here. */
        private boolean isCaptured(Work.Delivery delivery, Outcome outcome) {
            KnownEvents.Known first = known.get(delivery.arrival().eventId());
            return delivery.arrival().event() instanceof LeadEvent.Captured
                    && (outcome instanceof Outcome.Stored || outcome instanceof Outcome.StoredBefore)
                    && first != null
                    && first.leadId().equals(delivery.leadId());
        }

        private Outcome take(int place, Work.Delivery delivery) {
            Arrival arrival = delivery.arrival();
            KnownEvents.Known first = known.get(arrival.eventId());
            if (first != null) {
                return before(delivery, first);
            }
            try {
                Receipt receipt = record(arrival);
                return receipt.repeated()
                        ? new Outcome.StoredBefore(receipt.sequence())
                        : new Outcome.Stored(receipt.sequence());
            } catch (RefusedCommand e) {
                if (e.code().equals("conflicting-duplicate")) {
                    return refuse(delivery.door(), arrival.eventId(), conflict(arrival.eventId()));
                }
                // The only reason left: its lead is not captured. Another lead's event may have the name.
                KnownEvents.Known elsewhere = lookedUp(arrival.eventId());
                if (elsewhere != null) {
                    return before(delivery, elsewhere);
                }
                Optional<Refusal> full = room().take(arrival.leadId());
                if (full.isPresent()) {
                    return refuse(delivery.door(), arrival.eventId(), full.get());
                }
                parked.put(place, delivery);
                known.put(arrival.eventId(), new KnownEvents.Known(arrival.leadId(), null, arrival.fingerprint()));
                return new Outcome.Parked();
            }
        }

        private Outcome before(Work.Delivery delivery, KnownEvents.Known first) {
            Arrival arrival = delivery.arrival();
            if (!arrival.fingerprint().equals(first.fingerprint())) {
                return refuse(delivery.door(), arrival.eventId(), conflict(arrival.eventId()));
            }
            Long sequence = first.sequence();
            return sequence == null ? new Outcome.ParkedBefore() : new Outcome.StoredBefore(sequence);
        }

        /** Asks for the whole batch at the first fact that is to be parked: mostly there are several, or none. */
        private KnownEvents.@Nullable Known lookedUp(EventId eventId) {
            if (!allLookedUp) {
                allLookedUp = true;
                knownEvents.find(deliveries).forEach(known::putIfAbsent);
            }
            return known.get(eventId);
        }

        private ParkedFacts.Room room() {
            ParkedFacts.Room known = room;
            if (known == null) {
                known = parkedFacts.room(
                        works.stream().map(Work::leadId).distinct().toList());
                room = known;
            }
            return known;
        }

        private Receipt record(Arrival arrival) {
            Receipt receipt = commands.handle(new RecordEvent(
                    arrival.leadId(),
                    arrival.eventId(),
                    arrival.occurredAt(),
                    now,
                    keys.seal(arrival.leadId(), arrival.event()),
                    arrival.fingerprint()));
            known.put(
                    arrival.eventId(),
                    new KnownEvents.Known(arrival.leadId(), receipt.sequence(), arrival.fingerprint()));
            return receipt;
        }

        /** The lead is captured: what waited for it is recorded in the order in which it came. */
        private void release(String leadId) {
            List<Work.Parked> before = waiting.remove(leadId);
            if (before != null) {
                for (Work.Parked fact : before) {
                    KnownEvents.Known first = known.get(fact.arrival().eventId());
                    released.add(fact.id());
                    sheet.count(fact.door(), Tallies.PARKED, "", -1);
                    if (first == null || first.isParked()) {
                        record(fact.arrival());
                        sheet.count(fact.door(), Tallies.STORED);
                    } else if (first.leadId().equals(leadId)
                            && fact.arrival().fingerprint().equals(first.fingerprint())) {
                        sheet.count(fact.door(), Tallies.DUPLICATE);
                    } else {
                        // Another writer has stored the same name meanwhile; that one stands.
                        refuse(
                                fact.door(),
                                fact.arrival().eventId(),
                                conflict(fact.arrival().eventId()));
                        sheet.refused(fact.door(), "conflicting-duplicate");
                    }
                }
            }
            parked.entrySet().removeIf(entry -> {
                boolean waits = entry.getValue().leadId().equals(leadId);
                if (waits) {
                    outcomes.set(
                            entry.getKey(),
                            new Outcome.Stored(
                                    record(entry.getValue().arrival()).sequence()));
                }
                return waits;
            });
        }

        private Outcome refuse(Door door, @Nullable EventId eventId, Refusal refusal) {
            if (eventId != null) {
                remembered.add(new Refusals.Remembered(eventId, door, refusal));
            }
            return new Outcome.Refused(refusal);
        }

        private Refusal conflict(EventId eventId) {
            return new Refusal(
                    "conflicting-duplicate",
                    "id",
                    "source '%s' has sent an event with the id '%s' and other content before"
                            .formatted(eventId.source(), eventId.id()),
                    "give a new event a new id; to correct the first, void it");
        }

        private Outcome decide(Work.Decision decision) {
            KnownEvents.Known first = known.get(decision.eventId());
            if (first != null && !first.leadId().equals(decision.leadId())) {
                return new Outcome.Refused(conflict(decision.eventId()));
            }
            try {
                Receipt receipt = commands.handle(new Decide(
                        decision.leadId(), decision.eventId(), now, decision.decision(), decision.fingerprint()));
                known.put(
                        decision.eventId(),
                        new KnownEvents.Known(decision.leadId(), receipt.sequence(), decision.fingerprint()));
                return receipt.repeated()
                        ? new Outcome.StoredBefore(receipt.sequence())
                        : new Outcome.Stored(receipt.sequence());
            } catch (RefusedCommand e) {
                return e.code().equals("unknown-lead")
                        ? new Outcome.Refused(new Refusal(
                                e.code(),
                                "",
                                String.valueOf(e.getMessage()),
                                "send its capture first, or correct the id"))
                        : new Outcome.Declined(e);
            }
        }

        private Outcome rescore(Work.Rescoring rescoring) {
            try {
                Receipt receipt = commands.handle(new Rescore(rescoring.leadId(), rescoring.eventId(), now));
                return receipt.repeated()
                        ? new Outcome.StoredBefore(receipt.sequence())
                        : new Outcome.Stored(receipt.sequence());
            } catch (RefusedCommand e) {
                return new Outcome.Declined(e);
            }
        }

        private void count() {
            for (int i = 0; i < works.size(); i++) {
                Work work = works.get(i);
                Door door = work instanceof Work.Delivery delivery
                        ? delivery.door()
                        : work instanceof Work.Broken broken ? broken.door() : null;
                if (door != null) {
                    sheet.count(door, Tallies.SENT);
                    count(door, outcomes.get(i));
                }
            }
        }

        private void count(Door door, Outcome outcome) {
            if (outcome instanceof Outcome.Stored) {
                sheet.count(door, Tallies.STORED);
            } else if (outcome instanceof Outcome.Parked) {
                sheet.count(door, Tallies.PARKED);
            } else if (outcome instanceof Outcome.Refused refused) {
                sheet.refused(door, refused.refusal().code());
            } else {
                sheet.count(door, Tallies.DUPLICATE);
            }
        }
    }
}
