import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prints the funnel of a dimension from the topic alone: FunnelSubscriber.java localhost:9092 source */
public final class FunnelSubscriber {

    public static void main(String[] arguments) {
        Map<String, JsonNode> rows = new TreeMap<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("funnel.stages").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            // To follow the funnel as it moves, go on polling.
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(row -> rows.put(row.key(), JsonMapper.shared().readTree(row.value())));
            }
        }
        System.out.printf("%-20s %-10s %8s %8s %14s%n", "value", "stage", "reached", "open", "median, s");
        for (JsonNode row : rows.values()) {
            if (row.get("policy").asString().equals("active")
                    && row.get("grain").asString().equals("all")
                    && row.get("dimension").asString().equals(arguments[1])) {
                System.out.printf(
                        "%-20s %-10s %8s %8s %14s%n",
                        row.get("value"), row.get("stage").asString(), row.get("reached"), row.get("open"), row.get("p50Seconds"));
            }
        }
    }
}
