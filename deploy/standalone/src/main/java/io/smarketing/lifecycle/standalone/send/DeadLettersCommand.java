package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code dead-letters}: looks into what a running engine could not take, and sends it again. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Looks into what a running engine refused, and sends it again.",
            "Dead letters were refused at the topic, or waited in vain for a capture; they can be",
            "sent to the intake again once their cause is mended."
        },
        synopsisSubcommandLabel = "(list | show | redrive)",
        footer = {
            "",
            "Exit codes: 0 done, 1 given up because the engine did not answer,",
            "or letters are left that were to be sent again, 2 wrong usage or input."
        })
public final class DeadLettersCommand implements Runnable {

    private static final String PATH = "/v1/dead-letters";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--url",
            defaultValue = "http://localhost:8080",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Where the engine answers (${DEFAULT-VALUE}).")
    private String url = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Console console = Console.of(spec);
        console.commandLine().usage(console.out());
    }

    private interface Question {
        JsonNode ask(Engine engine, EngineUrl url) throws GivenUp, InterruptedException;
    }

    private JsonNode ask(Question question) throws IOException, GivenUp {
        Console console = Console.of(spec);
        EngineUrl address = EngineUrl.parse(url);
        try {
            return question.ask(new Engine(address, PATIENCE, console.err()::println), address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists dead letters with their reasons, the oldest of each partition first.")
    int list(
            @Option(names = "--code", paramLabel = "CODE", description = "Only those refused for this reason.")
                    @Nullable String code,
            @Option(names = "--lead", paramLabel = "ID", description = "Only those sent under this key.") @Nullable String lead,
            @Option(names = "--pending", description = "Only those that were not sent again yet.") boolean pending,
            @Option(
                            names = "--limit",
                            defaultValue = "100",
                            paramLabel = "N",
                            description = "At most so many (${DEFAULT-VALUE}).")
                    int limit,
            @Option(names = "--json", description = "Print them as JSON.") boolean json)
            throws IOException, GivenUp {
        if (limit < 1) {
            throw new WrongInput("--limit: %d leaves none (write 1 or more)".formatted(limit));
        }
        ArrayNode letters = JsonNodeFactory.instance.arrayNode();
        String after = "";
        while (after != null && letters.size() < limit) {
            String query = query(
                    "code",
                    code,
                    "lead",
                    lead,
                    "pending",
                    String.valueOf(pending),
                    "after",
                    after,
                    "limit",
                    String.valueOf(Math.min(1_000, limit - letters.size())));
            JsonNode page = ask((engine, address) -> engine.get(address.at(PATH + query)));
            page.path("letters").forEach(letters::add);
            after = page.path("next").isString() ? page.path("next").stringValue() : null;
        }
        Console console = Console.of(spec);
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.set("letters", letters);
            answer.put("more", after != null);
            console.out().println(answer);
            return 0;
        }
        Table table = new Table()
                .texts(2, 3, 4, 5, 6)
                .row("place", "attempts", "lead", "code", "message", "since", "sent again");
        for (JsonNode letter : letters) {
            table.row(
                    letter.path("partition").asString() + "/"
                            + letter.path("offset").asString(),
                    letter.path("attempts").asString(),
                    letter.path("lead").asString(),
                    letter.path("code").asString(),
                    letter.path("message").asString(),
                    letter.path("at").asString(),
                    letter.path("redrivenAt").asString(""));
        }
        console.out().print(letters.isEmpty() ? "no dead letters\n" : table.render());
        if (after != null) {
            console.err().println("… and more: --limit, --code, --lead");
        }
        return 0;
    }

    private static String query(@Nullable String... namesAndValues) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null && !value.isEmpty()) {
                parts.add(namesAndValues[i] + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints one dead letter as JSON, as it came: headers, value, reason.")
    int show(@Parameters(paramLabel = "PARTITION/OFFSET", description = "Its place, as `list` tells it.") String place)
            throws IOException, GivenUp {
        JsonNode letter = ask((engine, address) -> engine.get(address.at(PATH + "/" + checked(place))));
        Console.of(spec).out().println(letter.toPrettyString());
        return 0;
    }

    private static void put(ObjectNode order, String name, @Nullable String value) {
        if (value != null) {
            order.put(name, value);
        }
    }

    private static String checked(String place) {
        if (!place.matches("\\d{1,9}/\\d{1,18}")) {
            throw new WrongInput(
                    "'%s' is no place of a dead letter (write partition/offset, as 2/17)".formatted(place));
        }
        return place;
    }

    @Command(
            name = "redrive",
            mixinStandardHelpOptions = true,
            description = {
                "Sends dead letters to the intake again, as they came.",
                "Those named by their places, or all of a code, a lead, or both. Not those that were sent again before, unless --again is given."
            })
    int redrive(
            @Parameters(arity = "0..*", paramLabel = "PARTITION/OFFSET", description = "Places, as `list` tells them.")
                    @Nullable List<String> places,
            @Option(names = "--code", paramLabel = "CODE", description = "All refused for this reason.") @Nullable String code,
            @Option(names = "--lead", paramLabel = "ID", description = "All sent under this key.") @Nullable String lead,
            @Option(names = "--again", description = "Those too that were sent again before.") boolean again,
            @Option(names = "--by", paramLabel = "NAME", description = "Who does it, for the record.") @Nullable String by,
            @Option(names = "--json", description = "Print the answer as JSON.") boolean json)
            throws IOException, GivenUp {
        boolean named = places != null && !places.isEmpty();
        if (named == (code != null || lead != null)) {
            throw new WrongInput("name places, or --code, --lead or both");
        }
        ObjectNode order = JsonNodeFactory.instance.objectNode();
        if (places != null && named) {
            ArrayNode letters = order.putArray("letters");
            for (String place : places) {
                String[] parts = checked(place).split("/", -1);
                letters.addObject()
                        .put("partition", Integer.parseInt(parts[0]))
                        .put("offset", Long.parseLong(parts[1]));
            }
        }
        put(order, "code", code);
        put(order, "lead", lead);
        put(order, "by", by);
        order.put("again", again);
        // Letters that come back meanwhile are left for the next time, or this would go on for ever.
        long atTheStart = named || again ? 0 : pending(code, lead);
        long redriven = 0;
        boolean more;
        do {
            JsonNode answer = ask((engine, address) -> engine.post(
                    address.at(PATH + "/redrive"),
                    "application/json",
                    order.toString().getBytes(StandardCharsets.UTF_8)));
            redriven += answer.path("redriven").longValue();
            more = answer.path("more").asBoolean(false);
        } while (more && redriven < atTheStart);
        Console console = Console.of(spec);
        console.out()
                .println(
                        json
                                ? JsonNodeFactory.instance
                                        .objectNode()
                                        .put("redriven", redriven)
                                        .put("more", more)
                                        .toString()
                                : "%,d sent to the intake again; GET /v1/intake tells what becomes of them"
                                        .formatted(redriven));
        if (more) {
            console.err()
                    .println(
                            again
                                    ? "others are left that match: --again sends the first ones only; name the others by --lead or their places"
                                    : "others are left that match, which came or came back meanwhile: `dead-letters list --pending` shows them");
        }
        return more ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private long pending(@Nullable String code, @Nullable String lead) throws IOException, GivenUp {
        long letters = 0;
        String after = "";
        while (after != null) {
            String query = query("code", code, "lead", lead, "pending", "true", "after", after, "limit", "1000");
            JsonNode page = ask((engine, address) -> engine.get(address.at(PATH + query)));
            letters += page.path("letters").size();
            after = page.path("next").isString() ? page.path("next").stringValue() : null;
        }
        return letters;
    }
}
