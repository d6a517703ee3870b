package io.brickwork.sim.cluster;

import io.brickwork.btree.TreeOperations;
import io.brickwork.btree.TreeType;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.map.KeyPlacement;
import io.brickwork.map.MapArguments;
import io.brickwork.map.MapOperations;
import io.brickwork.sim.report.UserCall.Effect;
import io.brickwork.sim.report.UserCall.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says operations and their answers in the words of the user's code: with keys and values as its objects show
 * themselves. Knows the codecs of the structures that were opened.
 */
final class CallWords {
    private static final int MOST_CHARS = 60;
    private static final Set<String> UNCONDITIONAL = Set.of("put", "set", "delete", "clear", "load");
    private static final Set<String> UNANSWERED = Set.of("set", "delete", "transaction");

    private final TreeMap<Integer, Opened> structures = new TreeMap<>();

    private record Opened(String name, KeyPlacement placement, Codec<?> keys, Codec<?> values) {
        String place(String key) {
            return name + "[" + key + "]";
        }

        String placeOf(Bytes recordKey) {
            return place(decoded(keys, placement.key(recordKey)));
        }
    }

    void onOpened(StructureInfo structure, Codec<?> keys, Codec<?> values) {
        MapOperations operations = structure.spec().type().equals(TreeType.NAME)
                ? TreeType.operations(structure)
                : HashTableType.operations(structure);
        structures.put(structure.id(), new Opened(structure.name(), operations.placement(), keys, values));
    }

    // ---- questions

    Request request(Operation<?> operation) {
        StructureInfo structure = operation.structure();
        Effect effect = operation.read()
                ? Effect.READ
                : UNCONDITIONAL.contains(operation.name()) ? Effect.UNCONDITIONAL : Effect.CONDITIONAL;
        Opened opened = structures.get(structure.id());
        if (structure.id() == Catalog.STRUCTURE.id()) {
            return new Request(List.of(), operation.name() + structureName(operation.body()), effect);
        }
        if (opened == null) {
            return new Request(List.of(), structure.name() + "." + operation.name() + "(…)", effect);
        }
        if (RecordAccess.isOfTransaction(operation.body())) {
            boolean isOfOneRecord = operation.name().equals("read");
            String place = isOfOneRecord ? opened.placeOf(operation.routingKey()) : "a range of " + opened.name();
            return new Request(isOfOneRecord ? List.of(place) : List.of(), "transaction reads " + place, effect);
        }
        Optional<MapArguments> arguments = MapArguments.of(operation.body());
        if (arguments.isEmpty()) {
            return new Request(List.of(), opened.name() + "." + operation.name() + "()", effect);
        }
        List<String> words = new ArrayList<>();
        String key = decoded(opened.keys(), arguments.get().key());
        words.add(key);
        arguments.get().values().forEach(value -> words.add(decoded(opened.values(), value)));
        boolean replacesAnything = operation.name().equals("replace") && words.size() == 2;
        boolean removesAnything = operation.name().equals("remove") && words.size() == 1;
        return new Request(
                List.of(opened.place(key)),
                opened.name() + "." + operation.name() + "(" + String.join(", ", words) + ")",
                replacesAnything || removesAnything ? Effect.UNCONDITIONAL : effect);
    }

    Request request(Minitransaction transaction) {
        LinkedHashSet<String> places = new LinkedHashSet<>();
        List<String> conditions = new ArrayList<>();
        List<String> writes = new ArrayList<>();
        for (Minitransaction.Item item : transaction.items()) {
            Opened opened = structures.get(item.structure().id());
            if (opened == null) {
                continue; // of a structure that nobody has opened nothing can be said
            }
            switch (item) {
                case Minitransaction.Expect(StructureInfo structure, Compare.SameRange range) ->
                    conditions.add("a range of " + structure.name() + " is unchanged");
                case Minitransaction.Expect(StructureInfo structure, Compare compare) -> {
                    String place = opened.placeOf(compare.key());
                    places.add(place);
                    conditions.add(place + condition(opened, compare));
                }
                case Minitransaction.Write(StructureInfo structure, io.brickwork.core.structure.Effect effect) -> {
                    String place = opened.placeOf(effect.recordKey());
                    places.add(place);
                    Bytes value = effect.value();
                    writes.add(place + (value == null ? " removed" : " = " + decoded(opened.values(), value)));
                }
            }
        }
        String words = "transaction commits: "
                + (conditions.isEmpty() ? "" : "if " + String.join(", ", conditions) + ": ")
                + (writes.isEmpty() ? "nothing written" : String.join(", ", writes));
        Effect effect =
                writes.isEmpty() ? Effect.READ : conditions.isEmpty() ? Effect.UNCONDITIONAL : Effect.CONDITIONAL;
        return new Request(List.copyOf(places), words, effect);
    }

    private static String condition(Opened opened, Compare compare) {
        return switch (compare) {
            case Compare.Absent absent -> " is absent";
            case Compare.HasValue(Bytes key, Bytes value) -> " is " + decoded(opened.values(), value);
            case Compare.Unchanged unchanged -> " is unchanged";
            case Compare.SameRange range -> " is unchanged";
        };
    }

    /** The name that the catalog is asked about. */
    private static String structureName(Bytes body) {
        try {
            ByteReader reader = new ByteReader(body);
            reader.u8();
            return reader.remaining() == 0 ? "" : " '" + reader.string("name", Limits.NAME_CHARS) + "'";
        } catch (MalformedException notNamed) {
            return "";
        }
    }

    // ---- answers

    /** What the caller got, as its own code would print it. */
    String answer(Operation<?> operation, @Nullable Object value) {
        Opened opened = structures.get(operation.structure().id());
        return switch (value) {
            case null -> UNANSWERED.contains(operation.name()) ? "done" : "null";
            case Optional<?> found
            when found.orElse(null) instanceof RecordAccess.Found(var version, Bytes record) ->
                opened == null ? record.toString() : decoded(opened.values(), record);
            case Optional<?> found -> found.isEmpty() ? "nothing" : answer(operation, found.get());
            case StructureInfo info -> "'" + info.name() + "'";
            case MapOperations.Page page -> entries(page.rows());
            case MapOperations.PartitionCount count -> count.records() + " in one partition";
            case TreeOperations.Part<?>(Collection<?> rows, var rest) -> entries(rows);
            case TreeOperations.Part<?>(Object result, var rest) -> text(result);
            case Collection<?> many -> entries(many);
            default -> text(value);
        };
    }

    private static String entries(Collection<?> rows) {
        return rows.size() == 1 ? "1 entry" : rows.size() + " entries";
    }

    private static String decoded(Codec<?> codec, Bytes bytes) {
        try {
            return text(codec.decode(bytes));
        } catch (RuntimeException unreadable) {
            return bytes.toString();
        }
    }

    /** An object as its class shows it, short. A class whose {@code toString} throws is no reason to lose the rest. */
    @SuppressWarnings("CatchingUnchecked")
    static String text(@Nullable Object object) {
        String text;
        try {
            text = switch (object) {
                case String string -> '"' + string + '"';
                case byte[] bytes -> HexFormat.of().formatHex(bytes);
                case null, default -> String.valueOf(object);
            };
        } catch (RuntimeException | Error unprintable) {
            text = "an object whose toString throws " + unprintable;
        }
        String line = text.replace("\n", "\\n");
        return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "…";
    }
}
