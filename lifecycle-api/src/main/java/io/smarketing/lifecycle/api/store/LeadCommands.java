package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadCommand;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Receipt;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.RefusedCommand;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.NoArgumentConstructorCreationPolicyAggregateFactory;
import org.axonframework.modelling.command.Repository;

/**
 * Has leads handle commands, in the batch and the unit of work that the thread is in. A command that is refused has done nothing; one
 * that fails otherwise may have got half-way, and the batch with it must be rolled back.
 */
public final class LeadCommands {

    private final Repository<Lead> leads;
    private final LeadStore store;
    private final NoArgumentConstructorCreationPolicyAggregateFactory<Lead> newLeads =
            new NoArgumentConstructorCreationPolicyAggregateFactory<>(Lead.class);

    LeadCommands(Repository<Lead> leads, LeadStore store) {
        this.leads = leads;
        this.store = store;
    }

    /**
     * Has its lead handle a command. A capture makes the lead that it names.
     *
     * @throws RefusedCommand unknown-lead and whatever the lead says
     */
    public Receipt handle(LeadCommand command) {
        try {
            return store.knows(command.leadId())
                    ? receipt(leads.load(command.leadId()), command)
                    : receiptOfNew(command);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "the command failed: " + command.getClass().getSimpleName(), e);
        }
    }

    private Receipt receiptOfNew(LeadCommand command) throws Exception {
        if (!(command instanceof RecordEvent taken) || !(taken.event() instanceof LeadEvent.Captured)) {
            throw RefusedCommand.unknownLead(command.leadId());
        }
        AtomicReference<Receipt> receipt = new AtomicReference<>();
        leads.newInstance(
                () -> newLeads.create(command.leadId()), lead -> receipt.set(unchecked(() -> receipt(lead, command))));
        return Objects.requireNonNull(receipt.get());
    }

    private static Receipt receipt(Aggregate<Lead> lead, LeadCommand command) throws Exception {
        return (Receipt)
                Objects.requireNonNull(lead.handle(GenericCommandMessage.asCommandMessage(command)), "no receipt");
    }

    private static Receipt unchecked(Callable<Receipt> call) {
        try {
            return call.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
