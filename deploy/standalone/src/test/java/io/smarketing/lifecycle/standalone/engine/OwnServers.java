package io.smarketing.lifecycle.standalone.engine;

import io.smarketing.lifecycle.standalone.serve.PostgresTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The product's own servers, which start and stop with the engine, at ports that are free. */
record OwnServers() implements Backend.Servers {

    static OwnServers in(Path data) throws IOException {
        if (!Files.exists(data.resolve("postgres"))) {
            PostgresTemplate.copyInto(data);
        }
        return new OwnServers();
    }

    @Override
    public List<String> settings() {
        return List.of(
                "lifecycle.embedded.kafka.port=0",
                "lifecycle.embedded.postgres.port=0",
                "lifecycle.embedded.postgres.programs=" + PostgresTemplate.programs());
    }

    @Override
    public void close() {}
}
