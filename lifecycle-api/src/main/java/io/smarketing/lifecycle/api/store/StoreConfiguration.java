package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.lead.Lead;
import java.util.List;
import javax.sql.DataSource;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.lock.NullLockFactory;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.serialization.Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.transaction.PlatformTransactionManager;

/** Axon, put together by hand: what its starter would choose by itself (serializer, transactions, locks) is chosen here. */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    @Bean
    RecordedCodec recordedCodec() {
        return new RecordedCodec();
    }

    @Bean
    CloudEventCodec cloudEventCodec() {
        return new CloudEventCodec();
    }

    @Bean
    KeptLeads keptLeads(@Value("${lifecycle.intake.events-in-memory:200000}") long mostEvents) {
        return new KeptLeads(mostEvents);
    }

    /** The real one: with Axon's no-op a batch would be half written after a failure. */
    @Bean
    TransactionManager storeTransactions(PlatformTransactionManager transactions) {
        return new SpringTransactionManager(transactions);
    }

    @Bean
    @DependsOn(ApiConfiguration.SCHEMA)
    LeadStore leadStore(
            DataSource dataSource, TransactionManager storeTransactions, RecordedCodec codec, KeptLeads keptLeads) {
        Serializer serializer = new RecordedSerializer(codec);
        var builder = LeadStore.builder()
                .connectionProvider(new UnitOfWorkAwareConnectionProviderWrapper(
                        new SpringDataSourceConnectionProvider(dataSource)))
                .transactionManager(storeTransactions)
                .schema(LeadStore.eventSchema())
                .dataType(String.class)
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .persistenceExceptionResolver(LeadStore::isUniqueViolation);
        return new LeadStore(builder, dataSource, codec, keptLeads);
    }

    @Bean(initMethod = "start", destroyMethod = "shutdown")
    Configuration axon(
            LeadStore store, KeptLeads kept, TransactionManager storeTransactions, ActivePolicy activePolicy) {
        return DefaultConfigurer.defaultConfiguration(false)
                .configureEventStore(configuration -> new LeadEvents(store))
                .configureTransactionManager(configuration -> storeTransactions)
                .configureSerializer(configuration -> store.getEventSerializer())
                .configureEventSerializer(configuration -> store.getEventSerializer())
                .configureMessageSerializer(configuration -> store.getEventSerializer())
                .configureCorrelationDataProviders(configuration -> List.of())
                .registerComponent(ActivePolicy.class, configuration -> activePolicy)
                // A lead is written by one thread at a time; between processes the sequence's constraint decides.
                .configureAggregate(AggregateConfigurer.defaultConfiguration(Lead.class)
                        .configureRepository(configuration -> new LeadRepository(
                                EventSourcingRepository.builder(Lead.class)
                                        .lockFactory(NullLockFactory.INSTANCE)
                                        .eventStore(configuration.eventStore())
                                        .repositoryProvider(configuration::repository)
                                        .parameterResolverFactory(configuration.parameterResolverFactory())
                                        .handlerDefinition(configuration.handlerDefinition(Lead.class)),
                                kept)))
                .buildConfiguration();
    }

    @Bean
    LeadCommands leadCommands(Configuration axon, LeadStore store) {
        return new LeadCommands(axon.repository(Lead.class), store);
    }
}
