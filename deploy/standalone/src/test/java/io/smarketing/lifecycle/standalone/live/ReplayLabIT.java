package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.Browser;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.JsonNode;

/** The replay lab in a real browser shows what the API answers; without chromium and its driver the test is skipped, with a message. */
class ReplayLabIT {

    /** Few enough that no number is grouped. */
    private static final int LEADS = 900;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> OUTCOMES = List.of("won", "lost", "rejected", "open", "neverWorked");
    private static final List<String> SETS = List.of("kept", "earlier", "later", "gained", "dropped", "neither");

    @TempDir
    private static Path folder = Path.of("");

    private static ChromeDriver browser;
    private static Engine engine;
    private static Client client;

    @BeforeAll
    static void start() {
        browser = Browser.open();
        engine = Engine.start(folder.resolve("lab"));
        client = new Client(engine.uri());
        client.history(Histories.lines(Histories.generated(folder, LEADS, 1)));
        for (String example : List.of("b2b-default.yaml", "product-led.yaml")) {
            byte[] document = SharedData.exampleText(example).getBytes(StandardCharsets.UTF_8);
            assertThat(client.post("/v1/policies", "application/yaml", document).status())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    static void stop() {
        if (engine != null) {
            engine.close();
        }
        if (browser != null) {
            browser.quit();
        }
    }

    private static WebElement the(String id) {
        return browser.findElement(By.id(id));
    }

    private static String policy(String name) {
        for (JsonNode policy : client.json("/v1/policies").get("policies")) {
            if (policy.get("name").stringValue().equals(name)) {
                return name + "@" + policy.get("version").stringValue();
            }
        }
        throw new AssertionError(name);
    }

    private static void open() {
        browser.get(engine.uri().resolve("/replays.html").toString());
        await().atMost(PATIENCE)
                .until(() -> !browser.findElements(By.cssSelector("#dimension option"))
                        .isEmpty());
    }

    /** Waits for another replay than the one that was shown, and gives its answer. */
    private static JsonNode shownOtherThan(String earlier) {
        await().atMost(PATIENCE)
                .until(() -> !id().isEmpty()
                        && !id().equals(earlier)
                        && the("result").isDisplayed());
        await().atMost(PATIENCE).until(() -> the("slider").isDisplayed());
        return client.json("/v1/replays/" + id());
    }

    private static String id() {
        String address = String.valueOf(browser.getCurrentUrl());
        return address.contains("#") ? address.substring(address.indexOf('#') + 1) : "";
    }

    private static void assertSets(JsonNode sets) {
        for (String set : SETS) {
            List<String> cells = browser.findElements(By.cssSelector("#sets [data-set=" + set + "] .number")).stream()
                    .map(WebElement::getText)
                    .toList();
            List<Long> counts = OUTCOMES.stream()
                    .map(outcome -> sets.get(set).get(outcome).longValue())
                    .toList();
            long leads = counts.stream().mapToLong(Long::longValue).sum();
            assertThat(cells.get(0)).as(set).isEqualTo(String.valueOf(leads));
            assertThat(cells.subList(1, cells.size()))
                    .as(set)
                    .isEqualTo(counts.stream().map(String::valueOf).toList());
        }
    }

    private static void choose(String select, String value) {
        the(select).findElement(By.cssSelector("option[value='" + value + "']")).click();
    }

    /** Opens the page and asks it for a replay, with one thing chosen beside the policies; gives its answer. */
    private static JsonNode replayed(String select, String value) {
        open();
        choose("candidate", policy("product-led"));
        choose("baseline", policy("b2b-default"));
        choose(select, value);
        browser.findElement(By.cssSelector("#ask [type=submit]")).click();
        return shownOtherThan("");
    }

    private static void moveTo(long threshold) {
        browser.executeScript(
                "const slider = document.getElementById('threshold'); slider.value = arguments[0];"
                        + " slider.dispatchEvent(new Event('input'))",
                threshold);
    }

    private static void assertNothingComplained() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .as("what the page complains of")
                .isEmpty();
    }

    @Test
    void aThresholdIsMovedAndReplayed() throws IOException {
        JsonNode plain = replayed("order", "occurrence");
        assertThat(the("meant").isDisplayed()).isFalse();
        String asked = id();
        the("with-workload").click();
        JsonNode replay = shownOtherThan(asked);
        assertThat(replay.at("/result/hash")).isEqualTo(plain.at("/result/hash"));
        assertMeant(replay.get("workload"));
        String first = id();
        JsonNode sets = replay.at("/result/sets");
        assertSets(sets);
        assertThat(the("hash").getText()).isEqualTo(replay.at("/result/hash").stringValue());
        assertThat(the("again").isDisplayed()).isFalse();
        assertFunnelsOf(replay.get("result"));
        assertAfterMark(replay.at("/result/afterMark/0"));
        assertFlipped(sets);

        long own = client.json("/v1/replays/%s/thresholds?limit=1".formatted(first))
                .get("candidateThreshold")
                .longValue();
        long moved = own / 2;
        moveTo(moved);
        JsonNode answer = client.json("/v1/replays/%s/thresholds?threshold=%d".formatted(first, moved))
                .at("/answers/0");
        JsonNode expected = answer.get("sets");
        assertSets(expected);
        assertThat(candidatesMarked())
                .isEqualTo(answer.at("/funnel/1/reached").longValue())
                .isNotEqualTo(replay.at("/result/funnels/candidate/0/stages/1/reached")
                        .longValue());
        assertThat(expected).as("the slider moves something").isNotEqualTo(sets);
        browser.executeScript("document.getElementById('one').scrollIntoView()");
        Files.write(Path.of("target", "replay-lab.png"), browser.getScreenshotAs(OutputType.BYTES));
        moveTo(own);
        assertSets(sets);
        moveTo(moved);

        assertThat(the("again").getText()).isEqualTo("Replay it with " + moved);
        the("again").click();
        JsonNode again = shownOtherThan(first);
        assertSets(again.at("/result/sets"));
        assertSets(expected);
        assertNothingComplained();
    }

    @Test
    void pointsAreMovedAndReplayed() throws IOException {
        JsonNode replay = replayed("dimension", "source");
        String first = id();
        the("points").findElement(By.tagName("summary")).click();
        await().atMost(PATIENCE)
                .until(() -> browser.findElements(By.cssSelector("#rules [data-rule]"))
                                .size()
                        == 5);
        assertThat(the("own-points").isDisplayed()).isFalse();

        movePoints("demo", 9);
        movePoints("pages", 0);
        await().atMost(PATIENCE).until(() -> the("points-note").getText().startsWith("As product-led@"));
        JsonNode tried = client.json("/v1/replays/%s/points?points=demo:9&points=pages:0".formatted(first));
        assertThat(tried.get("result")).isNotEqualTo(replay.get("result"));
        assertSets(tried.at("/result/sets"));
        choose("value", "0");
        assertFunnelsOf(tried.get("result"));
        choose("value", "all");
        movePoints("pricing", 0);
        movePoints("webinar", 0);
        movePoints("demo", 0);
        movePoints("pages", 2);
        await().atMost(PATIENCE).until(() -> the("points-note").getText().contains("no lead reaches 40"));
        assertThat(the("again").isDisplayed())
                .as("nothing to be replayed with these points")
                .isFalse();
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .as("the browser tells what was refused, and nothing else")
                .isNotEmpty()
                .allMatch(entry -> entry.getMessage().contains("status of 422"));
        the("own-points").click();
        assertSets(replay.at("/result/sets"));
        movePoints("demo", 500);
        await().atMost(PATIENCE).until(() -> the("points-note").getText().contains("the cap 30 is below"));
        the("own-points").click();
        movePoints("demo", 9);
        movePoints("pages", 0);
        await().atMost(PATIENCE).until(() -> the("points-note").getText().startsWith("As product-led@"));

        browser.executeScript("document.getElementById('one').scrollIntoView()");
        Files.write(Path.of("target", "replay-points.png"), browser.getScreenshotAs(OutputType.BYTES));
        assertThat(the("again").getText()).isEqualTo("Replay it with these points");
        the("again").click();
        JsonNode again = shownOtherThan(first);
        assertThat(again.get("result")).isEqualTo(tried.get("result"));
        assertSets(again.at("/result/sets"));
        assertNothingComplained();
    }

    private static void movePoints(String rule, int points) {
        browser.executeScript(
                "const slider = document.querySelector(`#rules [data-rule=${arguments[0]}] input`);"
                        + " slider.max = Math.max(slider.max, arguments[1]); slider.value = arguments[1];"
                        + " slider.dispatchEvent(new Event('input'))",
                rule,
                points);
    }

    @Test
    void metricsOfBothSidesAreAskedForLaterAndShownFigureByFigure() {
        replayed("dimension", "source");
        assertThat(the("compared").isDisplayed()).isFalse();
        String plain = id();
        the("with-metrics").click();
        JsonNode replay = shownOtherThan(plain);
        assertThat(the("no-metrics").isDisplayed()).isFalse();
        JsonNode metrics = replay.at("/metrics/metrics");
        assertThat(metrics).hasSize(8);
        choose("metric", "quality");
        choose("figure", "markedWon");
        List<WebElement> rows = browser.findElements(By.cssSelector("#metric-rows tr"));
        assertThat(rows).hasSize(metrics.get("quality").size()).hasSizeGreaterThan(3);
        for (int i = 0; i < rows.size(); i++) {
            JsonNode row = metrics.get("quality").get(i);
            assertThat(rows.get(i).findElement(By.tagName("th")).getText())
                    .isEqualTo(
                            row.get("value").isNull()
                                    ? "(missing)"
                                    : row.get("value").stringValue());
            for (String side : List.of("baseline", "candidate")) {
                assertThat(rows.get(i)
                                .findElement(By.cssSelector("[data-side=" + side + "]"))
                                .getText())
                        .isEqualTo(String.valueOf(
                                row.at("/%s/markedWon".formatted(side)).longValue()));
            }
        }
        choose("metric", "conversion");
        assertThat(browser.findElements(By.cssSelector("#metric-rows tr"))).hasSize(200);
        the("more-rows").click();
        assertThat(browser.findElements(By.cssSelector("#metric-rows tr"))).hasSizeGreaterThan(200);
        assertNothingComplained();
    }

    private static void assertMeant(JsonNode workload) {
        assertThat(the("no-workload").isDisplayed()).isFalse();
        for (Map.Entry<String, String> tile : Map.of(
                        "contacts", "/dropped/contacts",
                        "lost-wins", "/dropped/won")
                .entrySet()) {
            assertThat(browser.findElement(By.cssSelector("#meant [data-name=%s] dd".formatted(tile.getKey())))
                            .getText())
                    .as(tile.getKey())
                    .isEqualTo(String.valueOf(workload.at(tile.getValue()).longValue()));
        }
        assertThat(workload.at("/dropped/contacts").longValue()).isPositive();
        assertThat(the("meant").getText())
                .contains("%d got through"
                        .formatted(workload.at("/dropped/contactsReached").longValue()));
    }

    private static long candidatesMarked() {
        return Long.parseLong(browser.findElement(By.cssSelector("#funnels [data-stage=MQL] td:nth-of-type(3)"))
                .getText());
    }

    private static void assertFunnelsOf(JsonNode result) {
        for (Map.Entry<String, Integer> side :
                Map.of("baseline", 1, "candidate", 2).entrySet()) {
            JsonNode marked = result.at("/funnels/%s/0/stages/1".formatted(side.getKey()));
            assertThat(marked.get("stage").stringValue()).isEqualTo("MQL");
            String shown = browser.findElement(By.cssSelector(
                            "#funnels [data-stage=MQL] td:nth-of-type(%d)".formatted(side.getValue() + 1)))
                    .getText();
            assertThat(shown)
                    .as(side.getKey())
                    .isEqualTo(String.valueOf(marked.get("reached").longValue()));
        }
    }

    private static void assertAfterMark(JsonNode told) {
        List<String> kept = browser.findElements(By.cssSelector("#after-mark [data-set=kept] td")).stream()
                .map(WebElement::getText)
                .toList();
        assertThat(told.at("/kept/answered/n").longValue()).isPositive();
        assertThat(List.of(kept.get(0), kept.get(1), kept.get(3), kept.get(5)))
                .isEqualTo(Stream.of("/kept/leads", "/kept/answered/n", "/kept/contacted/n", "/kept/won/n")
                        .map(figure -> String.valueOf(told.at(figure).longValue()))
                        .toList());
        assertThat(kept.get(2)).matches("[0-9]+ (d|h|min|s).*");
        for (String set : List.of("earlier", "later", "gained")) {
            assertThat(browser.findElement(By.cssSelector("#after-mark [data-set=%s]".formatted(set)))
                            .getText())
                    .endsWith("%d not observed"
                            .formatted(told.at("/notObserved/" + set).longValue()));
        }
    }

    private static void assertFlipped(JsonNode sets) {
        for (String set : List.of("gained", "dropped")) {
            browser.findElement(By.cssSelector("#flips input[value=" + set + "]"))
                    .findElement(By.xpath("./.."))
                    .click();
            long leads = OUTCOMES.stream()
                    .mapToLong(outcome -> sets.get(set).get(outcome).longValue())
                    .sum();
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(the("leads-note").getText()).contains("of %d,".formatted(leads));
                assertThat(browser.findElements(By.cssSelector("#leads tr"))).hasSize((int) Math.min(leads, 50));
            });
        }
        assertThat(the("leads").getText()).contains("score");
    }

    @Test
    void aDocumentWithAMistakeIsToldWhereItIsWrong() {
        open();
        choose("candidate", "");
        await().atMost(PATIENCE).until(() -> the("document").isDisplayed());
        the("document").sendKeys("name: mine\nthreshold: many\n");
        browser.findElement(By.cssSelector("#ask [type=submit]")).click();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(the("refusal").getText()).contains("line 2"));
        assertThat(id()).isEmpty();
        // That the browser tells a refused request is its own way.
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .allMatch(line -> line.getMessage().contains("v1/replays"));
    }

    @Test
    void anAuditIsAskedForAndListed() {
        open();
        the("audit").click();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(the("audited").getText()).contains("all are as they are recorded"));
        assertThat(the("latest").getText()).contains("audit", "done");
        assertNothingComplained();
    }
}
