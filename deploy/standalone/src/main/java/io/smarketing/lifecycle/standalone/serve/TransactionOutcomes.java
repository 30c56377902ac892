package io.smarketing.lifecycle.standalone.serve;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;

/**
 * What the broker's coordinator decided of transactions, read from its own log, and the telling of it to a partition that does not know.
 * {@code Admin.abortTransaction} tells every partition that it was aborted, also where it was committed: what the transaction did would then
 * be done in part, and done again.
 */
final class TransactionOutcomes {

    private static final String LOG_TOPIC = "__transaction_state";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int CLIENT_PATIENCE_MILLIS = 10_000;
    private static final int FIRST_VERSION_THAT_BUMPS = 2;
    private static final String CLIENT = "hanging-transactions";

    private final int port;

    /** @param port of the broker at localhost */
    TransactionOutcomes(int port) {
        this.port = port;
    }

    /**
     * A transaction, as a partition knows it.
     *
     * @param epoch of the producer when it wrote there
     */
    record OpenTransaction(TopicPartition partition, long producerId, short epoch, int coordinatorEpoch) {}

    /** A producer, during one transaction. */
    private record Producer(long id, int epoch) {}

    /** What was decided of each; nothing of those that the log does not know any more. */
    Map<OpenTransaction, TransactionResult> decided(Collection<OpenTransaction> open) {
        Map<Producer, TransactionResult> decisions = new HashMap<>();
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                Port.LOCALHOST + ":" + port,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_uncommitted");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(LOG_TOPIC).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    read(entry, decisions);
                }
            }
        }
        Map<OpenTransaction, TransactionResult> decided = new HashMap<>();
        for (OpenTransaction transaction : open) {
            TransactionResult result = decisions.get(new Producer(transaction.producerId(), transaction.epoch()));
            if (result != null) {
                decided.put(transaction, result);
            }
        }
        return decided;
    }

    private static void read(ConsumerRecord<byte[], byte[]> entry, Map<Producer, TransactionResult> decisions) {
        if (entry.key() == null || entry.value() == null) {
            return;
        }
        short keyVersion = ByteBuffer.wrap(entry.key()).getShort();
        ByteBuffer bytes = ByteBuffer.wrap(entry.value());
        short version = bytes.getShort();
        if (keyVersion > TransactionLogKey.HIGHEST_SUPPORTED_VERSION
                || version < TransactionLogValue.LOWEST_SUPPORTED_VERSION
                || version > TransactionLogValue.HIGHEST_SUPPORTED_VERSION) {
            return;
        }
        TransactionLogValue value = new TransactionLogValue(new ByteBufferAccessor(bytes), version);
        TransactionState state = TransactionState.fromId(value.transactionStatus());
        boolean committed = state == TransactionState.PREPARE_COMMIT || state == TransactionState.COMPLETE_COMMIT;
        boolean aborted = state == TransactionState.PREPARE_ABORT || state == TransactionState.COMPLETE_ABORT;
        if (committed || aborted) {
            // The epoch rises with each transaction's end; with clients before 4.0 it stays.
            boolean bumped = value.clientTransactionVersion() >= FIRST_VERSION_THAT_BUMPS;
            decisions.put(
                    new Producer(value.producerId(), value.producerEpoch() - (bumped ? 1 : 0)),
                    committed ? TransactionResult.COMMIT : TransactionResult.ABORT);
        }
    }

    /**
     * Ends a transaction in its partition, as the coordinator would.
     *
     * @throws IOException when the broker does not take it
     */
    void end(OpenTransaction open, TransactionResult result) throws IOException {
        // Version 0 asks for no other epoch than the partition's own.
        WriteTxnMarkersRequest.TxnMarkerEntry marker = new WriteTxnMarkersRequest.TxnMarkerEntry(
                open.producerId(), open.epoch(), open.coordinatorEpoch(), result, List.of(open.partition()), (short) 0);
        short version = ApiKeys.WRITE_TXN_MARKERS.oldestVersion();
        WriteTxnMarkersRequest request = new WriteTxnMarkersRequest.Builder(List.of(marker)).build(version);
        RequestHeader header = new RequestHeader(ApiKeys.WRITE_TXN_MARKERS, version, CLIENT, 1);
        ByteBuffer sent = request.serializeWithHeader(header);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(CLIENT_PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(sent.remaining());
            out.write(sent.array(), sent.arrayOffset() + sent.position(), sent.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            WriteTxnMarkersResponse response =
                    (WriteTxnMarkersResponse) AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
            Errors error = response.errorsByProducerId()
                    .getOrDefault(open.producerId(), Map.of())
                    .getOrDefault(open.partition(), Errors.UNKNOWN_SERVER_ERROR);
            if (error != Errors.NONE) {
                throw new IOException("%s is not ended: %s".formatted(open, error.message()));
            }
        }
    }
}
