package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the first version of the codecs stored is read, and keys keep their bytes. */
class FirstFormatTest {
    private static final List<String> ALONE = List.of("everything", "wide", "money");

    private final CodecRegistry registry = FirstFormat.registry();
    private final Codec<FirstFormat.Holder> holders = registry.codecFor(FirstFormat.Holder.class);
    private final Map<String, Bytes> stored = stored();

    @Test
    void everythingThatWasStoredIsRead() {
        Map<String, Object> objects = FirstFormat.objects();
        assertThat(stored).hasSize(objects.size() + ALONE.size());
        objects.forEach((name, object) ->
                assertThat(shown(holders.decode(bytes(name)).content)).as(name).isEqualTo(shown(object)));
        for (String name : ALONE) {
            Object object = objects.get(name);
            assertThat(registry.codecFor(object.getClass()).decode(bytes(name + " alone")))
                    .isEqualTo(object);
        }
    }

    @Test
    void keysKeepTheirBytes() {
        FirstFormat.objects()
                .forEach((name, object) -> assertThat(holders.forKeys().encode(new FirstFormat.Holder(object)))
                        .as(name)
                        .isEqualTo(bytes(name)));
        for (String name : ALONE) {
            assertThat(encodedAsKey(FirstFormat.objects().get(name))).isEqualTo(bytes(name + " alone"));
        }
    }

    @Test
    void whatIsStoredAnewIsTheSame() {
        FirstFormat.objects().forEach((name, object) -> {
            Bytes anew = holders.encode(holders.decode(bytes(name)));
            assertThat(shown(holders.decode(anew).content)).as(name).isEqualTo(shown(object));
        });
    }

    @SuppressWarnings("unchecked")
    private Bytes encodedAsKey(Object object) {
        return registry.codecFor((Class<Object>) object.getClass()).forKeys().encode(object);
    }

    private Bytes bytes(String name) {
        return Objects.requireNonNull(stored.get(name), name);
    }

    /** An object, and its class; what has no equality of its own as text. */
    private static List<Object> shown(Object object) {
        boolean isEqual = object instanceof Collection<?> && !(object instanceof java.util.PriorityQueue<?>);
        boolean isOwn = object.getClass().getName().startsWith("io.brickwork");
        // A part of a List.of is one of its own afterwards.
        String type = object.getClass().getName().replaceAll("ImmutableCollections.*", "ImmutableCollections");
        return List.of(type, isEqual || isOwn ? object : object.toString());
    }

    /** The lines of the file: a name, a colon, the bytes in hexadecimal. */
    private static Map<String, Bytes> stored() {
        Map<String, Bytes> stored = new LinkedHashMap<>();
        try (var in = FirstFormatTest.class.getResourceAsStream("/first-format.txt")) {
            for (String line :
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] parts = line.split(": ");
                stored.put(parts[0], Bytes.wrap(HexFormat.of().parseHex(parts[1])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stored;
    }
}
