package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.Browser;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.JsonNode;

/** The page in a real browser; without chromium and its driver the test is skipped, with a message. */
class PageIT {

    private static final String CAPTURED = """
            {"specversion":"1.0","id":"%1$s","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"%1$s","time":"2026-03-01T09:00:00Z","data":{"source":"<b>web</b>"}}""";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theFunnelMovesByItselfWhileFactsComeIn() throws IOException {
        ChromeDriver browser = Browser.open();
        try (Engine engine = Engine.start(folder.resolve("page"))) {
            Client client = new Client(engine.uri());
            browser.get(engine.uri().toString());
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(browser.findElement(By.id("empty")).isDisplayed())
                                    .as("nothing has come in yet")
                                    .isTrue());
            client.events(List.of(CAPTURED.formatted("L-1"), CAPTURED.formatted("L-2"), CAPTURED.formatted("L-3")));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(captured(browser)).contains("3"));
            client.events(List.of(CAPTURED.formatted("L-4"), CAPTURED.formatted("L-5")));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(captured(browser)).contains("5"));
            assertThat(browser.findElement(By.id("connection")).getDomAttribute("data-state"))
                    .isEqualTo("live");
            browser.findElement(By.xpath("//*[@id='dimensions']//label[normalize-space()='source']"))
                    .click();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(
                                    browser.findElement(By.id("values")).getText())
                            .as("foreign text is text")
                            .contains("<b>web</b>"));
            aShadowsFunnelCanBeLookedAt(client, browser);
            Files.write(Path.of("target", "page.png"), browser.getScreenshotAs(OutputType.BYTES));
            assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                    .as("what the page complains of")
                    .isEmpty();
        } finally {
            browser.quit();
        }
    }

    private static void aShadowsFunnelCanBeLookedAt(Client client, ChromeDriver browser) throws IOException {
        assertThat(browser.findElement(By.id("series")).isDisplayed())
                .as("there is no shadow yet")
                .isFalse();
        byte[] document = Files.readAllBytes(SharedData.example("b2b-default.yaml"));
        JsonNode saved =
                client.post("/v1/policies", "application/yaml", document).json();
        String name = saved.get("name").stringValue();
        String version = saved.get("version").stringValue();
        client.postJson("/v1/policies/%s/%s/shadow".formatted(name, version), "{}");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> client.get("/v1/funnel?policy=%s@%s".formatted(name, version))
                                .status()
                        == 200);
        By shadow = By.xpath("//*[@id='series']//label[normalize-space()='shadow %s@%s']".formatted(name, version));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !browser.findElements(shadow).isEmpty());
        browser.findElement(shadow).click();
        client.events(List.of(CAPTURED.formatted("L-6")));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(captured(browser)).contains("6"));
        assertThat(browser.findElement(By.id("connection")).getDomAttribute("data-state"))
                .isEqualTo("live");
    }

    private static String captured(ChromeDriver browser) {
        return browser.findElement(By.cssSelector("#stages tr")).getText();
    }
}
