package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.io.Output;
import io.brickwork.client.codec.ClassFields.StoredField;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of one class as they were when objects were stored, matched with the fields that the class has. Immutable.
 *
 * <p>Bytes: a hash of the class's simple name (4 bytes), the number of fields, and to each its name and the letter of
 * its type ({@code ZBCSIJFD} for primitives as in class files, {@code L} for all else).
 *
 * <p><b>Another class under the same number</b> is told by its fields. None of those stored is known to the class:
 * refused, whatever it is called. The class's simple name differs as well, and the fields that both have are no more
 * than half of those of the one with fewer: refused, unless the class is registered with its former name. A class that
 * was only renamed or moved therefore still reads, and so does one that got or lost a few fields on the occasion.
 */
final class Schema {
    /** A field as stored; {@code target} is its index in the class, or -1 if the class has it no more. */
    record Column(String name, char type, int target) {}

    static final char REFERENCE = 'L';
    private static final String PRIMITIVES = "ZBCSIJFD";
    private static final Class<?>[] PRIMITIVE_TYPES = {
        boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class
    };
    private static final int MAX_FIELDS = 65_535;

    private final List<Column> columns;

    private Schema(List<Column> columns) {
        this.columns = columns;
    }

    List<Column> columns() {
        return columns;
    }

    static char letter(Class<?> type) {
        for (int i = 0; i < PRIMITIVE_TYPES.length; i++) {
            if (PRIMITIVE_TYPES[i] == type) {
                return PRIMITIVES.charAt(i);
            }
        }
        return REFERENCE;
    }

    private static Class<?> primitive(char letter) {
        return PRIMITIVE_TYPES[PRIMITIVES.indexOf(letter)];
    }

    static void write(Output output, ClassFields fields) {
        output.writeInt(nameHash(fields.type().getSimpleName()));
        output.writeVarInt(fields.fields().size(), true);
        for (StoredField field : fields.fields()) {
            output.writeString(field.name());
            output.writeByte(letter(field.type()));
        }
    }

    /**
     * Reads a schema and matches it.
     *
     * @param formerNames other simple names that the class has had
     * @throws MalformedException if it is another class's, or a field has changed its type
     */
    static Schema read(BoundedInput input, ClassFields fields, Set<String> formerNames) {
        int nameHash = input.readInt();
        int count = input.readInt(true);
        if (count < 0 || count > Math.min(input.remaining(), MAX_FIELDS)) {
            throw new MalformedException(
                    count + " fields of class " + fields.type().getName() + " are claimed");
        }
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < fields.fields().size(); i++) {
            byName.put(fields.fields().get(i).name(), i);
        }
        List<Column> columns = new ArrayList<>(count);
        Set<String> seen = new HashSet<>();
        int matched = 0;
        for (int i = 0; i < count; i++) {
            String name = input.readString();
            char type = (char) input.readByte();
            if (name == null || !seen.add(name) || (type != REFERENCE && PRIMITIVES.indexOf(type) < 0)) {
                throw new MalformedException("field %s of class %s has no name or type"
                        .formatted(name, fields.type().getName()));
            }
            int target = byName.getOrDefault(name, -1);
            if (target >= 0) {
                matched++;
                refuseOtherType(fields, fields.fields().get(target), type);
            }
            columns.add(new Column(name, type, target));
        }
        refuseOtherClass(fields, columns, matched, isKnownAs(fields.type(), formerNames, nameHash));
        return new Schema(List.copyOf(columns));
    }

    private static void refuseOtherType(ClassFields fields, StoredField field, char stored) {
        if (stored != REFERENCE && !Conversions.fits(primitive(stored), field.type())) {
            throw new MalformedException(
                    "field %s of class %s was stored as %s and is %s; a field may not change its type to one that does not hold all values of the other: give the new one another name"
                            .formatted(
                                    field.name(),
                                    fields.type().getName(),
                                    primitive(stored).getName(),
                                    field.type().getTypeName()));
        }
    }

    private static void refuseOtherClass(ClassFields fields, List<Column> columns, int matched, boolean isSameName) {
        int own = fields.fields().size();
        boolean isNothingKnown = !columns.isEmpty() && matched == 0;
        boolean isOverlapSmall =
                !isSameName && own > 0 && !columns.isEmpty() && 2 * matched <= Math.min(own, columns.size());
        if (isNothingKnown || isOverlapSmall) {
            Set<String> stored = new TreeSet<>();
            columns.forEach(column -> stored.add(column.name()));
            throw new MalformedException(
                    "the object was stored by a class with the fields %s; class %s, which is registered with its number, has %s: another class, it seems, for which a number of its own is needed%s"
                            .formatted(
                                    stored,
                                    fields.type().getName(),
                                    fields.fields().stream()
                                            .map(StoredField::name)
                                            .toList(),
                                    isNothingKnown
                                            ? ""
                                            : "; if it is the same class renamed, register it with its former simple name, too: register(%s.class, number, \"Former\")"
                                                    .formatted(fields.type().getSimpleName())));
        }
    }

    private static boolean isKnownAs(Class<?> type, Set<String> formerNames, int nameHash) {
        return nameHash == nameHash(type.getSimpleName())
                || formerNames.stream().anyMatch(name -> nameHash == nameHash(name));
    }

    /** {@link String#hashCode}, which is specified and so may be on disk. */
    private static int nameHash(String simpleName) {
        return simpleName.hashCode();
    }
}
