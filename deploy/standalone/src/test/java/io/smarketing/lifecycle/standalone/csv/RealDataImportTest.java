package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.SharedData;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The mappings of docs/examples on the data sets they are for; the figures are those of the data sets' own notes. */
class RealDataImportTest {

    private final ImportFolder folder;

    RealDataImportTest(@TempDir Path directory) {
        this.folder = new ImportFolder(directory);
    }

    private ImportFolder.Run importByExample(String example, Path data, String... files) {
        String[] arguments = new String[files.length + 5];
        for (int i = 0; i < files.length; i++) {
            arguments[i] = data.resolve(files[i]).toString();
        }
        arguments[files.length] = "--mapping";
        arguments[files.length + 1] = SharedData.example(example).toString();
        arguments[files.length + 2] = "--out";
        arguments[files.length + 3] = folder.path("out.jsonl").toString();
        arguments[files.length + 4] = "--json";
        return ImportFolder.call(arguments);
    }

    private long withSource(String source) {
        return folder.events().stream()
                .filter(event -> event.get("type").stringValue().contains("captured"))
                .filter(event -> event.at("/data/source").asString("").equals(source))
                .count();
    }

    @Test
    void olistGivesEveryContactAndEverySellerWhoSigned() {
        ImportFolder.Run run = importByExample(
                "olist.yaml",
                SharedData.folder("olist"),
                "olist_marketing_qualified_leads_dataset.csv",
                "olist_closed_deals_dataset.csv");
        assertThat(run.exitCode()).isZero();
        assertThat(run.json().get("events")).hasToString("{\"captured\":8000,\"marked-mql\":8000,\"won\":842}");
        assertThat(run.json().get("refusedCount").intValue()).isZero();
        assertThat(folder.events()).hasSize(16_842);
        assertThat(withSource("")).isEqualTo(60);
        assertThat(withSource("unknown")).isEqualTo(1_099);
        assertThat(withSource("social")).isEqualTo(1_350);
    }

    @Test
    void mavenGivesEveryEngagementAndRefusesTheProspects() {
        ImportFolder.Run run = importByExample(
                "maven-crm.yaml",
                SharedData.folder("maven_crm"),
                "sales_pipeline.csv",
                "accounts.csv",
                "sales_teams.csv");
        JsonNode report = run.json();
        assertThat(run.exitCode()).isZero();
        assertThat(report.get("events"))
                .hasToString("{\"captured\":8300,\"accepted\":8300,\"won\":4238,\"lost\":2473}");
        assertThat(report.get("refused")).hasToString("{\"missing-time\":500}");
        assertThat(report.at("/joins/0/blank").intValue()).isEqualTo(1_425);
        assertThat(report.at("/joins/0/unmatched").intValue()).isZero();
        assertThat(folder.events().stream()
                        .filter(event -> event.at("/data").has("amount"))
                        .map(event -> event.at("/data/amount").decimalValue())
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo("10005534");
    }
}
