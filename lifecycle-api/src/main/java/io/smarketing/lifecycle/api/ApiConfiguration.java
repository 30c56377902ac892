package io.smarketing.lifecycle.api;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The write side: everything from the doors to the relay. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Lead lifecycle engine",
                        version = "v1",
                        description =
                                "The history of every lead as facts, judged by an agreed policy; the funnel, and replays under other rules."))
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
