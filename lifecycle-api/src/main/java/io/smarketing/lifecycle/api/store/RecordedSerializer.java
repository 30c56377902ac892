package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.ChainingConverter;
import org.axonframework.serialization.Converter;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.UnknownSerializedType;

/** Stores events under their stable names, as CloudEvents; a Java class's name never reaches the store. */
final class RecordedSerializer implements Serializer {

    static final String NO_META_DATA = "{}";

    private final RecordedCodec codec;
    private final ChainingConverter converter = new ChainingConverter();

    RecordedSerializer(RecordedCodec codec) {
        this.codec = codec;
    }

    @Override
    public <T> SerializedObject<T> serialize(Object object, Class<T> expected) {
        if (object instanceof Recorded recorded) {
            String text = new String(codec.write(recorded), StandardCharsets.UTF_8);
            return new SimpleSerializedObject<>(
                    converter.convert(text, expected), expected, type(EventType.of(recorded.event())));
        } else if (object instanceof MetaData metaData && metaData.isEmpty()) {
            return new SimpleSerializedObject<>(
                    converter.convert(NO_META_DATA, expected), expected, new SimpleSerializedType("metadata", null));
        }
        throw new SerializationException("only recorded lead events are stored, without metadata; this is a "
                + object.getClass().getName());
    }

    private static SerializedType type(EventType type) {
        return new SimpleSerializedType(type.wireName(), String.valueOf(type.revision()));
    }

    @Override
    public <T> boolean canSerializeTo(Class<T> expected) {
        return converter.canConvert(String.class, expected);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <S, T> T deserialize(SerializedObject<S> serialized) {
        if (!Recorded.class.equals(classForType(serialized.getType()))) {
            return (T) MetaData.emptyInstance();
        }
        String text = converter.convert(serialized.getData(), serialized.getContentType(), String.class);
        try {
            return (T) codec.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableRecord e) {
            throw new SerializationException("a stored event cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Class<?> classForType(SerializedType type) {
        if (EventType.ofStoredName(type.getName()).isPresent()) {
            return Recorded.class;
        }
        return type.getName().equals(MetaData.class.getName()) ? MetaData.class : UnknownSerializedType.class;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public SerializedType typeForClass(Class type) {
        return new SimpleSerializedType(type.getName(), null);
    }

    @Override
    public Converter getConverter() {
        return converter;
    }
}
