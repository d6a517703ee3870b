package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import io.brickwork.core.bytes.MalformedException;
import org.jspecify.annotations.Nullable;

/** Classes by number and never by name, on both sides; their numbers are told apart from lengths. */
final class RegisteredClasses extends DefaultClassResolver {
    /** Added to an id in the bytes; what is below is null and, at the beginning of a value, {@link Schemas#MARK}. */
    static final int FIRST_ID = 2;

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Registration writeClass(Output output, @Nullable Class type) {
        if (type == null) {
            output.writeByte(Kryo.NULL);
            return null;
        }
        Registration registration = kryo.getRegistration(type);
        ((BoundedOutput) output).writeClassId(registration.getId() + FIRST_ID);
        return registration;
    }

    @Override
    public @Nullable Registration readClass(Input input) {
        int id = ((BoundedInput) input).readClassId();
        if (id == Kryo.NULL) {
            return null;
        }
        Registration registration = getRegistration(id - FIRST_ID);
        if (registration == null) {
            throw new MalformedException("no class is registered with id " + (id - FIRST_ID));
        }
        return registration;
    }
}
