package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadCommand;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.lock.NullLockFactory;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.modelling.command.VersionedAggregateIdentifier;
import org.axonframework.serialization.Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.transaction.PlatformTransactionManager;

/** Axon, put together by hand: what its starter would choose by itself (serializer, transactions, locks) is chosen here. */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    private static final String UNIQUE_VIOLATION = "23505";

    @Bean
    RecordedCodec recordedCodec() {
        return new RecordedCodec();
    }

    @Bean
    CloudEventCodec cloudEventCodec() {
        return new CloudEventCodec();
    }

    /** The real one: with Axon's no-op a batch would be half written after a failure. */
    @Bean
    TransactionManager storeTransactions(PlatformTransactionManager transactions) {
        return new SpringTransactionManager(transactions);
    }

    @Bean
    @DependsOn(ApiConfiguration.SCHEMA)
    LeadStore leadStore(DataSource dataSource, TransactionManager storeTransactions, RecordedCodec codec) {
        Serializer serializer = new RecordedSerializer(codec);
        var builder = LeadStore.builder()
                .connectionProvider(new UnitOfWorkAwareConnectionProviderWrapper(
                        new SpringDataSourceConnectionProvider(dataSource)))
                .transactionManager(storeTransactions)
                .schema(LeadStore.eventSchema())
                .dataType(String.class)
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .persistenceExceptionResolver(StoreConfiguration::isUniqueViolation)
                .appendEvents((connection, schema, dataType, events, eventSerializer, timestamps) ->
                        LeadStore.append(connection, events, eventSerializer));
        return new LeadStore(builder);
    }

    /** Of (lead, sequence): another writer was faster; of (source, id): the event came by two ways at once. */
    private static boolean isUniqueViolation(@Nullable Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    @Bean(initMethod = "start", destroyMethod = "shutdown")
    Configuration axon(LeadStore store, TransactionManager storeTransactions, ActivePolicy activePolicy) {
        return DefaultConfigurer.defaultConfiguration(false)
                .configureEmbeddedEventStore(configuration -> store)
                .configureTransactionManager(configuration -> storeTransactions)
                .configureSerializer(configuration -> store.getEventSerializer())
                .configureEventSerializer(configuration -> store.getEventSerializer())
                .configureMessageSerializer(configuration -> store.getEventSerializer())
                .configureCorrelationDataProviders(configuration -> List.of())
                .configureCommandBus(configuration -> commandBus())
                .registerComponent(ActivePolicy.class, configuration -> activePolicy)
                // A lead is written by one thread at a time; between processes the sequence's constraint decides.
                .configureAggregate(AggregateConfigurer.defaultConfiguration(Lead.class)
                        .configureLockFactory(configuration -> NullLockFactory.INSTANCE)
                        .configureCommandTargetResolver(configuration -> StoreConfiguration::target))
                .buildConfiguration();
    }

    /** Axon's own looks for the annotation anew with each command. */
    private static VersionedAggregateIdentifier target(CommandMessage<?> command) {
        return new VersionedAggregateIdentifier((Object) ((LeadCommand) command.getPayload()).leadId(), null);
    }

    /**
     * Commands run inside a batch's unit of work, which holds the transaction. Were they to join it themselves, one that is
     * refused would take the whole batch with it.
     */
    private static CommandBus commandBus() {
        return SimpleCommandBus.builder()
                .transactionManager(NoTransactionManager.INSTANCE)
                .build();
    }

    @Bean
    CommandBus commandBus(Configuration axon) {
        return axon.commandBus();
    }
}
