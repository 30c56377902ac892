package io.smarketing.lifecycle.api;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The write side: everything from the doors to the relay. */
@Configuration(proxyBeanMethods = false)
@ComponentScan
public class ApiConfiguration {

    /** The name of the schema that holds the facts, and of the bean that has migrated it: what reads it depends on it. */
    public static final String SCHEMA = "lifecycle";

    @Bean(SCHEMA)
    Flyway lifecycleSchema(DataSource dataSource) {
        Flyway flyway = Flyway.configure()
                .dataSource(dataSource)
                .schemas(SCHEMA)
                .locations("classpath:db/lifecycle")
                .load();
        flyway.migrate();
        return flyway;
    }
}
