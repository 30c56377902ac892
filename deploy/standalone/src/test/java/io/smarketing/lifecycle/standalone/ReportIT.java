package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The page of a replay in a real browser; without chromium and its driver the test is skipped, with a message. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportIT {

    private static final List<Object> QUESTION = List.of(
            "--policy",
            SharedData.example("product-led.yaml"),
            "--baseline",
            SharedData.example("b2b-default.yaml"),
            "--dimension",
            "source",
            "--zone",
            "Europe/Berlin");

    private static final int PHONE = 390;

    private final ChromeDriver browser = Browser.open();

    @AfterAll
    void close() {
        browser.quit();
    }

    @TempDir
    private Path folder = Path.of("");

    private Path page = Path.of("");
    private JsonNode json = JsonNodeFactory.instance.nullNode();

    @BeforeAll
    void aReport(@TempDir Path place) {
        Path history = place.resolve("history.jsonl");
        page = place.resolve("report.html");
        assertThat(CommandRun.of("generate", "--leads", "2000", "--out", history)
                        .exitCode())
                .isZero();
        json = CommandRun.json(Stream.concat(
                        Stream.of(
                                "replay",
                                "--history",
                                history,
                                "--html",
                                page,
                                "--json",
                                "--leads",
                                "flipped",
                                "--metrics"),
                        QUESTION.stream())
                .toArray());
    }

    private void open(Path file) {
        browser.get(file.toUri().toString());
    }

    private long shown(WebElement row, String cell) {
        return Long.parseLong(
                row.findElement(By.cssSelector(cell)).getText().replace(",", "").replace('−', '-'));
    }

    @Test
    void theFiguresOnThePageAreThoseOfTheReport() {
        open(page);
        json.get("sets").properties().forEach(set -> {
            WebElement row = browser.findElement(
                    By.cssSelector("table[data-tally='sets'] tr[data-set='%s']".formatted(set.getKey())));
            set.getValue().properties().forEach(outcome -> {
                if (outcome.getValue().isNumber()) {
                    assertThat(shown(row, "[data-outcome='%s']".formatted(outcome.getKey())))
                            .as("%s %s", set.getKey(), outcome.getKey())
                            .isEqualTo(outcome.getValue().longValue());
                }
            });
        });
        for (JsonNode value : json.at("/funnels/candidate")) {
            String named = value.get("value").isNull()
                    ? "tbody tr:not([data-value])"
                    : "tr[data-value='%s']".formatted(value.get("value").stringValue());
            WebElement row = browser.findElement(By.cssSelector("#dimension " + named));
            assertThat(shown(row, "td:nth-of-type(3)"))
                    .isEqualTo(value.at("/stages/1/entered").longValue());
        }
        for (String side : List.of("baseline", "candidate")) {
            long entered = json.at("/funnels/" + side)
                    .valueStream()
                    .mapToLong(row -> row.at("/stages/1/entered").longValue())
                    .sum();
            assertThat(shown(
                            browser.findElement(By.cssSelector("#funnels tr[data-stage='MQL']")),
                            "[data-side='%s']".formatted(side)))
                    .isEqualTo(entered);
        }
        theTimesAfterKeptMarksAreTold();
        assertThat(browser.findElement(By.id("hash")).getText())
                .isEqualTo(json.get("hash").stringValue());
        assertThat(browser.findElement(By.cssSelector("#answer")).getText())
                .contains(String.format(
                        Locale.ROOT,
                        "%,d contacts",
                        json.at("/workload/dropped/contacts").longValue()));
        WebElement lead = browser.findElement(By.cssSelector("#flips tbody tr"));
        assertThat(lead.getText())
                .contains(json.get("perLead")
                        .valueStream()
                        .filter(flip -> flip.get("leadId").stringValue().equals(lead.getDomAttribute("data-lead")))
                        .findFirst()
                        .orElseThrow()
                        .at("/because/explanation")
                        .stringValue());
        nothingIsComplainedOf();
    }

    @Test
    void metricsOfBothSidesAreThoseOfTheReport() {
        open(page);
        json.at("/metrics/metrics").properties().forEach(metric -> {
            WebElement table =
                    browser.findElement(By.cssSelector("#metrics table[data-metric='%s']".formatted(metric.getKey())));
            List<WebElement> rows = table.findElements(By.cssSelector("tbody tr"));
            assertThat(rows).as(metric.getKey()).isNotEmpty();
            if (List.of("flow", "ages", "acceptance", "quality").contains(metric.getKey())) {
                assertThat(rows).as(metric.getKey()).hasSize(metric.getValue().size());
            }
        });
        List<WebElement> shown = browser.findElements(
                By.cssSelector("#metrics table[data-metric='quality'] td[data-figure='markedWon']"));
        for (int i = 0; i < shown.size(); i++) {
            JsonNode row = json.at("/metrics/metrics/quality").get(i);
            assertThat(shown.get(i).getText())
                    .isEqualTo(String.format(
                            Locale.ROOT,
                            "%,d → %,d",
                            row.at("/baseline/markedWon").longValue(),
                            row.at("/candidate/markedWon").longValue()));
        }
        assertThat(shown).hasSizeGreaterThan(3);
        nothingIsComplainedOf();
    }

    private void theTimesAfterKeptMarksAreTold() {
        for (Map.Entry<String, String> figure : Map.of(
                        "td:nth-of-type(1)", "/kept/leads",
                        "td:nth-of-type(2)", "/kept/answered/n",
                        "td:nth-of-type(4)", "/kept/contacted/n",
                        "td:nth-of-type(6)", "/kept/won/n")
                .entrySet()) {
            long all = json.get("afterMark")
                    .valueStream()
                    .mapToLong(row -> row.at(figure.getValue()).longValue())
                    .sum();
            assertThat(shown(browser.findElement(By.cssSelector("#after-mark tr[data-set='kept']")), figure.getKey()))
                    .as(figure.getValue())
                    .isPositive()
                    .isEqualTo(all);
        }
        for (String set : List.of("earlier", "later", "gained")) {
            assertThat(browser.findElement(By.cssSelector("#after-mark tr[data-set='%s']".formatted(set)))
                            .getText())
                    .endsWith("not observed");
        }
    }

    private void nothingIsComplainedOf() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .as("what the page complains of")
                .isEmpty();
    }

    @Test
    void aHeadingPutsTheRowsInOrder() {
        open(page);
        By change = By.cssSelector("#dimension thead th:nth-child(5) button");
        browser.findElement(change).click();
        assertThat(changes()).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        browser.findElement(change).click();
        assertThat(changes()).isSorted();
        nothingIsComplainedOf();
    }

    private List<Long> changes() {
        return browser.findElements(By.cssSelector("#dimension tbody tr td:nth-child(5)")).stream()
                .map(cell -> Long.valueOf(String.valueOf(cell.getDomAttribute("data-v"))))
                .toList();
    }

    @Test
    void whatCameWithFactsIsTextAndRunsNothing() throws IOException {
        String hostile = "</script><script>document.title='taken'</script><img src=x onerror=alert(2)>";
        Path history = Files.writeString(folder.resolve("hostile.jsonl"), """
                {"specversion":"1.0","id":"1","source":"urn:t","type":"io.smarketing.lead.captured.v1","subject":"%1$s","time":"2026-01-01T00:00:00Z","data":{"source":"%1$s"}}
                {"specversion":"1.0","id":"2","source":"%1$s","type":"io.smarketing.lead.marked-mql.v1","subject":"%1$s","time":"2026-01-02T00:00:00Z","data":{}}
                """.formatted(hostile));
        Path file = folder.resolve("hostile.html");
        assertThat(CommandRun.of(
                                "replay",
                                "--history",
                                history,
                                "--policy",
                                SharedData.example("b2b-default.yaml"),
                                "--html",
                                file)
                        .exitCode())
                .isZero();

        open(file);

        assertThat(browser.getTitle()).startsWith("Replay: ");
        assertThat(browser.findElement(By.cssSelector("#flips tbody th")).getText())
                .isEqualTo(hostile);
        assertThat(browser.findElement(By.cssSelector("#dimension tbody th")).getText())
                .isEqualTo(hostile);
        assertThat(browser.findElements(By.tagName("img"))).isEmpty();
        nothingIsComplainedOf();
    }

    /** Nothing but what can be scrolled in its own place is wider than a phone; pictures are kept for whoever looks. */
    @Test
    void itFitsAPhoneAndPaper() throws IOException {
        for (String scheme : List.of("light", "dark")) {
            browser.executeCdpCommand(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            picture(1200, "report-" + scheme);
        }
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
        picture(PHONE, "report-phone");
        assertThat((Long) browser.executeScript("return document.documentElement.scrollWidth"))
                .as("as wide as a phone")
                .isLessThanOrEqualTo(PHONE);
        Object pdf = browser.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true))
                .get("data");
        byte[] paper = Base64.getDecoder().decode(String.valueOf(pdf));
        assertThat(new String(paper, 0, 4, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF");
        Files.write(Path.of("target", "report.pdf"), paper);
        nothingIsComplainedOf();
    }

    private void picture(int width, String name) throws IOException {
        open(page);
        browser.manage().window().setSize(new Dimension(width, 900));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        Object height = browser.executeScript("return document.documentElement.scrollHeight");
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        Files.write(Path.of("target", name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    }
}
