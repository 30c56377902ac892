package io.smarketing.lifecycle.standalone.serve;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.springframework.core.env.Environment;

/** What a person needs to know once the engine answers. */
record Banner(LocalEngine engine, double seconds) {

    void print(PrintWriter err) {
        Environment environment = engine.context().getEnvironment();
        String uri = engine.uri().toString();
        err.println();
        err.printf("lifecycle is ready, after %.1f seconds.%n%n", seconds);
        line(err, "page", uri);
        line(err, "API", uri + "swagger-ui.html (OpenAPI: " + uri + "v3/api-docs)");
        line(err, "Kafka", kafka(environment));
        line(err, "PostgreSQL", postgres());
        line(
                err,
                "data",
                Path.of(environment.getRequiredProperty("lifecycle.data"))
                        .toAbsolutePath()
                        .normalize()
                        .toString());
        line(err, "stop", "Ctrl-C");
        String address = environment.getRequiredProperty("server.address");
        if (!address.startsWith("127.") && !address.equals("::1") && !address.equals("localhost")) {
            line(err, "careful", "whoever reaches %s may read and write: there is no login yet".formatted(address));
        }
        err.println();
        err.println("A first event, and where it went:");
        err.printf("  curl %sv1/events -H 'content-type: application/cloudevents+json' -d '%s'%n", uri, event());
        err.printf("  curl %sv1/leads/L-1%n%n", uri);
        err.flush();
    }

    private static void line(PrintWriter err, String name, String value) {
        err.printf("  %-11s %s%n", name, value);
    }

    private String kafka(Environment environment) {
        String servers = engine.bootstrapServers();
        if (!engine.runsKafka()) {
            return servers + " (external)";
        }
        String wanted = environment.getRequiredProperty("lifecycle.embedded.kafka.port");
        return servers
                + (servers.endsWith(":" + wanted) || wanted.equals("0") ? "" : " (port " + wanted + " is taken)");
    }

    private String postgres() {
        String url = engine.jdbcUrl();
        if (!engine.runsPostgres()) {
            return withoutParameters(url) + " (external)";
        }
        return url + " user " + EmbeddedPostgres.USER + ", no password";
    }

    /** A password may be among them. */
    static String withoutParameters(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    private static String event() {
        return """
                {"specversion":"1.0","id":"1","source":"urn:acme:web","type":"io.smarketing.lead.captured.v1","subject":"L-1",\
                "time":"%s","data":{"source":"web","attributes":{"country":"DE"}}}""".formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
}
