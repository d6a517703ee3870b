package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.CollectionSerializer;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of the JDK's classes, made of a function that writes and one that reads. What it writes is of the second format.
 * Immutable, shared by all {@link StrictKryo}s.
 */
final class JdkSerializer<T> extends Serializer<T> {
    @FunctionalInterface
    interface Writer<T> {
        void write(StrictKryo kryo, BoundedOutput out, T object);
    }

    @FunctionalInterface
    interface Reader<T> {
        T read(StrictKryo kryo, BoundedInput in) throws Exception;
    }

    /** Writes any collection as Kryo writes an {@code ArrayList}. */
    private static final CollectionSerializer<Collection<Object>> ELEMENTS = new CollectionSerializer<>();

    private final Writer<T> writer;
    private final Reader<? extends T> reader;

    private JdkSerializer(Writer<T> writer, Reader<? extends T> reader) {
        this.writer = writer;
        this.reader = reader;
    }

    static <T> JdkSerializer<T> of(Writer<T> writer, Reader<? extends T> reader) {
        return new JdkSerializer<>(writer, reader);
    }

    /** What is as good as its text. The text is tried at once: what it does not bring back is refused. */
    static <T> JdkSerializer<T> text(
            Function<T, @Nullable String> toText,
            TextReader<? extends T> fromText,
            BiPredicate<? super T, Object> isSame,
            String remedy) {
        return of(
                (kryo, out, object) -> {
                    String text = toText.apply(object);
                    try {
                        if (text == null || !isSame.test(object, fromText.read(text))) {
                            throw new IllegalArgumentException(text + " stands for something else");
                        }
                    } catch (Exception e) {
                        throw new IllegalArgumentException(
                                "%s '%s' cannot be stored: %s"
                                        .formatted(object.getClass().getName(), object, remedy),
                                e);
                    }
                    out.writeString(text);
                },
                (kryo, in) -> fromText.read(readText(in)));
    }

    @FunctionalInterface
    interface TextReader<T> {
        T read(String text) throws Exception;
    }

    /** A collection without settings of its own. */
    static <C extends Collection<?>> JdkSerializer<C> collection(Function<List<Object>, ? extends C> make) {
        return of(
                (kryo, out, collection) -> writeElements(kryo, out, collection),
                (kryo, in) -> make.apply(readElements(kryo, in)));
    }

    /** A collection with something that precedes the elements, such as a comparator. */
    static <C extends Collection<?>, H> JdkSerializer<C> collection(
            Function<? super C, ? extends @Nullable H> head, MakeWithHead<H, ? extends C> make) {
        return of(
                (kryo, out, collection) -> {
                    kryo.writeClassAndObject(out, head.apply(collection));
                    writeElements(kryo, out, collection);
                },
                (kryo, in) -> {
                    @SuppressWarnings("unchecked")
                    H read = (H) kryo.readClassAndObject(in);
                    return make.make(read, readElements(kryo, in));
                });
    }

    interface MakeWithHead<H, C> {
        C make(@Nullable H head, List<Object> elements);
    }

    /** A map; {@code make} gives an empty one, or one that {@code finish} wraps. */
    static <M extends Map<?, ?>> JdkSerializer<M> map(
            Function<? super M, ? extends @Nullable Comparator<?>> comparator,
            Function<@Nullable Comparator<?>, Map<Object, Object>> make,
            Function<Map<Object, Object>, ? extends Map<?, ?>> finish) {
        return of(
                (kryo, out, map) -> {
                    kryo.writeClassAndObject(out, comparator.apply(map));
                    writeEntries(kryo, out, map);
                },
                (kryo, in) -> {
                    Map<Object, Object> map = make.apply((Comparator<?>) kryo.readClassAndObject(in));
                    readEntries(kryo, in, map);
                    @SuppressWarnings("unchecked")
                    M finished = (M) finish.apply(map);
                    return finished;
                });
    }

    /** An array of objects. */
    static JdkSerializer<Object[]> array(Class<?> component) {
        return of((kryo, out, array) -> ELEMENTS.write(kryo, out, Arrays.asList(array)), (kryo, in) -> {
            List<Object> elements = readElements(kryo, in);
            return elements.toArray((Object[]) Array.newInstance(component, elements.size()));
        });
    }

    /** From a copy, since others may change a concurrent collection meanwhile. */
    static void writeElements(StrictKryo kryo, BoundedOutput out, Collection<?> collection) {
        ELEMENTS.write(kryo, out, Arrays.asList(collection.toArray()));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static List<Object> readElements(StrictKryo kryo, BoundedInput in) {
        Class type = ArrayList.class;
        Collection<Object> elements = ELEMENTS.read(kryo, in, (Class<Collection<Object>>) type);
        if (elements == null) {
            throw new KryoException("elements are missing");
        }
        return (List<Object>) elements;
    }

    static void writeEntries(StrictKryo kryo, BoundedOutput out, Map<?, ?> map) {
        List<Object> keys = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        map.forEach((key, value) -> {
            keys.add(key);
            values.add(value);
        });
        ELEMENTS.write(kryo, out, keys);
        ELEMENTS.write(kryo, out, values);
    }

    static void readEntries(StrictKryo kryo, BoundedInput in, Map<Object, Object> map) {
        List<Object> keys = readElements(kryo, in);
        List<Object> values = readElements(kryo, in);
        if (keys.size() != values.size()) {
            throw new KryoException(keys.size() + " keys have " + values.size() + " values");
        }
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
    }

    static String readText(BoundedInput in) {
        String text = in.readString();
        if (text == null) {
            throw new KryoException("text is missing");
        }
        return text;
    }

    @Override
    public void write(Kryo kryo, Output output, T object) {
        BoundedOutput out = (BoundedOutput) output;
        out.needSecondFormat();
        writer.write((StrictKryo) kryo, out, object);
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        try {
            return reader.read((StrictKryo) kryo, (BoundedInput) input);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new KryoException(e.toString(), e);
        }
    }

    /** What was read and may not be null. */
    static <T> T present(@Nullable T object) {
        if (object == null) {
            throw new KryoException("an object is missing");
        }
        return object;
    }
}
