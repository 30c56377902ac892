package io.smarketing.lifecycle.standalone.send;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The engine's HTTP contract over a map: knows an event by source and id, parks what comes before its lead's capture, refuses
 * what it cannot read. Can be made to be away, to take a body and lose the answer, and to be slow.
 */
public final class FakeEngine implements AutoCloseable {

    private enum Trouble {
        AWAY,
        TOO_MANY,
        ANSWER_LOST,
        FAULT
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String prefix;
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();
    private final Random random = new Random(7);
    private final AtomicInteger underWay = new AtomicInteger();

    private final Map<String, String> eventsByName = new HashMap<>();
    private final Set<String> captured = new HashSet<>();
    private final Map<String, List<String>> idsByLead = new LinkedHashMap<>();

    public final List<String> contentTypes = new CopyOnWriteArrayList<>();
    public final List<String> bodies = new CopyOnWriteArrayList<>();
    public final List<String> policies = new CopyOnWriteArrayList<>();
    public final List<String> activations = new CopyOnWriteArrayList<>();
    public final AtomicInteger mostUnderWay = new AtomicInteger();
    public volatile int slownessMillis;

    private FakeEngine(int port, String prefix) throws IOException {
        this.prefix = prefix;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public static FakeEngine start() throws IOException {
        return new FakeEngine(0, "");
    }

    public static FakeEngine at(int port) throws IOException {
        return new FakeEngine(port, "");
    }

    /** Behind a proxy that adds a path. */
    public static FakeEngine under(String prefix) throws IOException {
        return new FakeEngine(0, prefix);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://localhost:%d%s".formatted(port(), prefix);
    }

    public FakeEngine away(int requests) {
        return trouble(Trouble.AWAY, requests);
    }

    public FakeEngine tooMany(int requests) {
        return trouble(Trouble.TOO_MANY, requests);
    }

    /** Takes the events of these requests and breaks the connection before the answer. */
    public FakeEngine loseAnswers(int requests) {
        return trouble(Trouble.ANSWER_LOST, requests);
    }

    public FakeEngine faulty(int requests) {
        return trouble(Trouble.FAULT, requests);
    }

    private FakeEngine trouble(Trouble trouble, int requests) {
        for (int i = 0; i < requests; i++) {
            troubles.add(trouble);
        }
        return this;
    }

    /** The ids of the events taken of each lead, in the order in which they came. */
    public synchronized Map<String, List<String>> idsByLead() {
        return new LinkedHashMap<>(idsByLead);
    }

    public synchronized int size() {
        return eventsByName.size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Trouble trouble = troubles.poll();
            if (trouble == Trouble.AWAY) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                problem(exchange, 503, "unavailable", "the store is away");
            } else if (trouble == Trouble.TOO_MANY) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                problem(exchange, 429, "too-many", "slow down");
            } else if (trouble == Trouble.FAULT) {
                reply(exchange, 500, "oops");
            } else {
                handle(exchange, body, trouble == Trouble.ANSWER_LOST);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(HttpExchange exchange, String body, boolean loseAnswer)
            throws IOException, InterruptedException {
        String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        if (call.equals("POST " + prefix + "/v1/events")) {
            mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            if (slownessMillis > 0) {
                Thread.sleep(nextPause());
            }
            // Before the answer, after which the client may be back before this thread is.
            underWay.decrementAndGet();
            contentTypes.add(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")));
            bodies.add(body);
            if (body.contains("\"too-much\"")) {
                problem(exchange, 413, "batch-too-large", "there are too many events in the body");
                return;
            }
            ObjectNode answer = take(body);
            if (!loseAnswer) {
                reply(exchange, 200, answer.toString());
            }
        } else if (call.equals("GET " + prefix + "/v1/policies")) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            ArrayNode list = answer.putArray("policies");
            policies.forEach(policy -> list.addObject().put("name", "b2b-default"));
            reply(exchange, 200, answer.toString());
        } else if (call.equals("POST " + prefix + "/v1/policies")) {
            policies.add(body);
            reply(exchange, 201, "{\"name\":\"b2b-default\",\"version\":\"v1\",\"state\":\"draft\",\"warnings\":[]}");
        } else if (call.equals("POST " + prefix + "/v1/policies/b2b-default/v1/activation")) {
            activations.add(body);
            reply(exchange, 200, "{\"number\":1}");
        } else if (call.equals("POST /moved/v1/events")) {
            exchange.getResponseHeaders().set("Location", url() + "/v1/events");
            reply(exchange, 308, "");
        } else if (call.equals("POST /page/v1/events")) {
            reply(exchange, 200, "<html>a page</html>");
        } else {
            reply(exchange, 404, "");
        }
    }

    private synchronized int nextPause() {
        return random.nextInt(slownessMillis);
    }

    private synchronized ObjectNode take(String body) {
        Map<String, Integer> counts = new HashMap<>();
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        int index = 0;
        for (String line : body.lines().toList()) {
            ObjectNode item = items.addObject().put("index", index++);
            String status = status(line, item);
            item.put("status", status);
            counts.merge(status, 1, Integer::sum);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("sent", index);
        answer.put("stored", counts.getOrDefault("stored", 0));
        answer.put("duplicates", counts.getOrDefault("duplicate", 0));
        answer.put("parked", counts.getOrDefault("parked", 0));
        answer.put("refused", counts.getOrDefault("refused", 0));
        answer.set("items", items);
        return answer;
    }

    private String status(String line, ObjectNode item) {
        JsonNode event;
        try {
            event = JsonMapper.shared().readTree(line);
        } catch (JacksonException e) {
            return refused(item, "unreadable-json", "");
        }
        String lead = event.path("subject").asString("");
        if (lead.isEmpty()) {
            return refused(item, "missing-subject", "subject");
        }
        String id = event.path("id").asString();
        String content = content(event);
        String before = eventsByName.putIfAbsent(event.path("source").asString() + " " + id, content);
        if (before != null) {
            return before.equals(content) ? "duplicate" : refused(item, "conflicting-duplicate", "id");
        }
        idsByLead.computeIfAbsent(lead, unknown -> new ArrayList<>()).add(id);
        if (event.path("type").asString().contains(".captured.")) {
            captured.add(lead);
        }
        return captured.contains(lead) ? "stored" : "parked";
    }

    /** When an emitter recorded it is no part of what it says. */
    private static String content(JsonNode event) {
        return event instanceof ObjectNode object
                ? object.deepCopy().without("recordedtime").toString()
                : event.toString();
    }

    private static String refused(ObjectNode item, String code, String field) {
        item.put("code", code)
                .put("field", field)
                .put("message", "what is wrong")
                .put("mend", "how to mend it");
        return "refused";
    }

    private static void problem(HttpExchange exchange, int status, String code, String detail) throws IOException {
        ObjectNode problem = JsonNodeFactory.instance.objectNode();
        problem.put("status", status).put("detail", detail).put("code", code).put("mend", "try another way");
        reply(exchange, status, problem.toString());
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
