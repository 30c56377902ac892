package io.smarketing.lifecycle.projections;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The read side: everything from {@code lead.events} to the page. */
@Configuration(proxyBeanMethods = false)
@ComponentScan
public class ProjectionsConfiguration {

    /** The name of the schema that holds the read tables, and of the bean that has migrated it. */
    public static final String SCHEMA = "projections";

    @Bean(SCHEMA)
    Flyway projectionsSchema(DataSource dataSource) {
        Flyway flyway = Flyway.configure()
                .dataSource(dataSource)
                .schemas(SCHEMA)
                .locations("classpath:db/projections")
                .load();
        flyway.migrate();
        return flyway;
    }
}
