package io.smarketing.lifecycle.standalone.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.CommandRun;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {

    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anEngineThatDoesNotTakeTheQuestionIsGivenUpAsImportsDo() {
        for (int i = 0; i < 5; i++) {
            server.then(500, "oops");
        }

        CommandRun run = CommandRun.of("dead-letters", "list", "--url", server.url());

        assertThat(run.exitCode()).isOne();
        assertThat(run.err())
                .contains("gave up after 5 attempts: ")
                .doesNotContain("cannot read or write")
                .doesNotContain("\tat ");
    }

    @Test
    void whatIsLeftOfThoseThatAreSentOnceMoreIsTold() {
        server.then(200, "{\"redriven\":10000,\"more\":true}");

        CommandRun run =
                CommandRun.of("dead-letters", "redrive", "--code", "c", "--again", "--json", "--url", server.url());

        assertThat(run.exitCode()).isOne();
        assertThat(run.out().strip()).isEqualTo("{\"redriven\":10000,\"more\":true}");
        assertThat(run.err()).contains("others are left that match: --again sends the first ones only");
    }

    @Test
    void lettersThatComeBackAreNotSentForEver() {
        server.then(200, "{\"letters\":[{},{},{}],\"next\":\"0:3\"}").then(200, "{\"letters\":[{}],\"next\":null}");
        for (int i = 0; i < 10; i++) {
            server.then(200, "{\"redriven\":2,\"more\":true}");
        }

        CommandRun run = CommandRun.of("dead-letters", "redrive", "--code", "c", "--url", server.url());

        assertThat(run.exitCode()).isOne();
        assertThat(run.out()).contains("4 sent to the intake again");
        assertThat(run.err()).contains("others are left that match, which came or came back meanwhile");
        assertThat(server.asked).filteredOn(call -> call.startsWith("POST")).hasSize(2);
    }
}
