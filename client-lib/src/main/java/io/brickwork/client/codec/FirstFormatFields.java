package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.objenesis.instantiator.ObjectInstantiator;
import com.esotericsoftware.kryo.kryo5.serializers.CompatibleFieldSerializer;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Objects of one registered class in the first format: Kryo's own by names of fields. Refuses those of another class,
 * of which no field is known; Kryo would give an object that holds nothing.
 */
final class FirstFormatFields<T> extends CompatibleFieldSerializer<T> {
    private final ObjectInstantiator<T> instantiator;

    FirstFormatFields(Kryo kryo, Class<T> type, ObjectInstantiator<T> instantiator) {
        super(kryo, type);
        this.instantiator = instantiator;
    }

    @Override
    protected T create(Kryo kryo, Input input, Class<? extends T> type) {
        return instantiator.newInstance();
    }

    @Override
    @SuppressWarnings("unchecked")
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        if (!kryo.getGraphContext().containsKey(this)) {
            int start = input.position();
            check((StrictKryo) kryo, (BoundedInput) input);
            input.setPosition(start);
        }
        return super.read(kryo, input, type);
    }

    private void check(StrictKryo kryo, BoundedInput input) {
        int count = input.readInt(true);
        input.end(count); // each name takes a byte or more
        List<String> own = Arrays.stream(getFields()).map(CachedField::getName).toList();
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = JdkSerializer.readText(input);
            if (!own.contains(name)) {
                unknown.add(name);
            }
        }
        if (count > 0 && unknown.size() == count) {
            throw new MalformedException(
                    "the object was stored by a class with the fields %s; class %s, which is registered with its number, has %s: another class, for which a number of its own is needed"
                            .formatted(unknown, getType().getName(), own));
        }
        if (!unknown.isEmpty()) {
            kryo.noteUnknownFields(getType(), unknown);
        }
    }
}
