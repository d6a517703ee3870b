package io.brickwork.core.codec;

import io.brickwork.core.codec.Shape.Component;
import io.brickwork.core.codec.Shape.Components;
import io.brickwork.core.codec.Shape.Constant;
import io.brickwork.core.codec.Shape.Constants;
import io.brickwork.core.codec.Shape.Cut;
import io.brickwork.core.codec.Shape.Foreign;
import io.brickwork.core.codec.Shape.Leaf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a type may change while objects of it are stored: compares the shape that the catalog has with the one that a
 * program has. {@code docs/evolution.md} lists the rules.
 *
 * <p>The catalog keeps the shape that a structure was created with. All that was added since is written by what differs
 * from it, never by a version: so equal objects have equal bytes whichever version of a class wrote them, and a reader
 * that does not know something finds a name that it does not know.
 */
final class Evolution {
    private static final String COPY = "copy into a new structure (docs/evolution.md has the lines for it)";

    private Evolution() {}

    /** The codec for a structure whose catalog entry has the name, or why there is none. */
    static <T> Compatibility<T> compatibility(PlainCodec<T> codec, String storedName, CodecUse use) {
        Shape stored = Shape.parse(storedName);
        Shape mine = codec.shape();
        stored = resolved(stored, mine);
        if (stored instanceof Cut) {
            return new Compatibility.Refused<>(
                    "the catalog has only a digest of the %s that it was created with, and it is not that of %s, nor of a part of it: open it with the class as it was, and %s"
                            .formatted(stored.words(), mine.words(), COPY));
        }
        String problem = problem(stored, mine, use);
        return problem == null
                ? new Compatibility.Readable<>(fitted(codec, stored, use))
                : new Compatibility.Refused<>(problem);
    }

    /** The stored shape with each name that was cut replaced by what it was, where that can be found. */
    private static Shape resolved(Shape stored, Shape mine) {
        if (stored instanceof Cut cut) {
            return CutNames.whole(cut, mine).map(whole -> resolved(whole, mine)).orElse(stored);
        }
        if (!(stored instanceof Components from && mine instanceof Components to)) {
            return stored;
        }
        List<Component> resolved = new ArrayList<>();
        for (Component component : from.components()) {
            Component successor = to.successorOf(component);
            Shape shape = successor == null ? component.shape() : resolved(component.shape(), successor.shape());
            resolved.add(new Component(component.name(), List.of(), component.isPrimitive(), shape));
        }
        return new Components(from.type(), resolved, List.of());
    }

    /** What keeps a program from using what is stored; null if nothing does. */
    static @Nullable String problem(Shape stored, Shape mine, CodecUse use) {
        return problem("", stored, mine, use);
    }

    private static @Nullable String problem(String where, Shape stored, Shape mine, CodecUse use) {
        if (stored instanceof Leaf from && mine instanceof Leaf to) {
            return leafProblem(where, from, to, use);
        }
        if (stored instanceof Constants from && mine instanceof Constants to && from.isOrdered() == to.isOrdered()) {
            return from.isOrdered() ? orderedEnumProblem(where, from, to) : enumProblem(where, from, to);
        }
        if (stored instanceof Components from && mine instanceof Components to) {
            return use == CodecUse.ORDERED_KEY
                    ? orderedRecordProblem(where, from, to)
                    : recordProblem(where, from, to, use);
        }
        return "%swas stored as %s, and %s is something else: open it with the type that it was created with, and %s"
                .formatted(at(where), stored.words(), mine.words(), COPY);
    }

    private static @Nullable String leafProblem(String where, Leaf from, Leaf to, CodecUse use) {
        if (from.text().equals(to.text())) {
            return null;
        }
        if (use != CodecUse.ORDERED_KEY && Leaves.isWidening(from.text(), to.text())) {
            return null;
        }
        if (Leaves.isWidening(to.text(), from.text())) {
            return "%swas stored as %s, and not each of its values is one of %s: keep the wider type, or %s"
                    .formatted(at(where), from.words(), to.words(), COPY);
        }
        return "%swas stored as %s, which is not read as %s%s: keep %s, or %s"
                .formatted(
                        at(where),
                        label(from, to),
                        label(to, from),
                        Leaves.isOrderedWidening(from.text(), to.text()) ? ", since keys of both would not sort" : "",
                        label(from, to),
                        COPY);
    }

    /** The leaf in words, with its codec if the other one has the same words. */
    private static String label(Leaf leaf, Leaf other) {
        return leaf.words().equals(other.words()) ? leaf.words() + " (codec " + leaf.text() + ")" : leaf.words();
    }

    private static @Nullable String enumProblem(String where, Constants from, Constants to) {
        for (Constant constant : listed(from)) {
            boolean isThere = listed(to).stream().anyMatch(candidate -> candidate.isCalled(constant.name()));
            if (!isThere) {
                return "%sconstant %s of the enum is gone, and may be stored: keep it, or, if it was renamed, annotate its new name with @Formerly(\"%s\"), or replace it while it is there, and %s"
                        .formatted(at(where), constant.name(), constant.name(), COPY);
            }
        }
        return null;
    }

    private static @Nullable String orderedEnumProblem(String where, Constants from, Constants to) {
        List<Constant> were = listed(from);
        List<Constant> are = listed(to);
        for (int i = 0; i < were.size(); i++) {
            String was = were.get(i).name();
            if (i >= are.size() || !are.get(i).isCalled(was)) {
                return "%sconstant number %d of the enum was %s and %s; keys sort by these numbers, so constants may only be appended: put it back (if it was renamed, annotate its new name with @Formerly(\"%s\")), or %s"
                        .formatted(
                                at(where),
                                i,
                                was,
                                i >= are.size() ? "is gone" : "is " + are.get(i).name(),
                                was,
                                COPY);
            }
        }
        return null;
    }

    private static @Nullable String recordProblem(String where, Components from, Components to, CodecUse use) {
        List<Component> added = new ArrayList<>(to.components());
        List<Component> removed = new ArrayList<>();
        for (Component stored : from.components()) {
            Component mine = to.successorOf(stored);
            if (mine == null) {
                removed.add(stored);
                continue;
            }
            added.remove(mine);
            String path = path(where, mine.name());
            if (mine.isPrimitive() && !stored.isPrimitive()) {
                return "%swas stored as %s, which may be null, and is of a primitive type: keep the box, or %s"
                        .formatted(at(path), stored.shape().words(), COPY);
            }
            String problem = problem(path, stored.shape(), mine.shape(), use);
            if (problem != null) {
                return problem;
            }
        }
        if (!removed.isEmpty() && removed.size() == from.components().size()) {
            return "%swas stored as %s, and %s has none of its components: open it with the class that it was created with, and %s"
                    .formatted(at(where), from.words(), to.words(), COPY);
        }
        for (Component gone : removed) {
            if (isUnknown(gone.shape())) {
                return "%scomponent %s is gone, and the catalog does not say what it was: keep it, or %s"
                        .formatted(at(where), gone.words(), COPY);
            }
            if (use == CodecUse.KEY) {
                return "%scomponent %s is gone; keys that differ only there would become one: keep it, or %s"
                        .formatted(at(where), gone.words(), COPY);
            }
            for (Component candidate : added) {
                if (!to.removed().contains(gone.name()) && isLike(gone, candidate)) {
                    return "%scomponent %s is gone, and %s is new: if it was renamed, annotate %s with @Formerly(\"%s\"); if not, annotate the record with @Removed(\"%s\")"
                            .formatted(
                                    at(where),
                                    gone.words(),
                                    candidate.words(),
                                    candidate.name(),
                                    gone.name(),
                                    gone.name());
                }
            }
        }
        return null;
    }

    /** Whether there is no telling where a value of the shape ends. */
    private static boolean isUnknown(Shape shape) {
        return shape instanceof Cut
                || shape instanceof Foreign
                || shape instanceof Components nested
                        && nested.components().stream().anyMatch(component -> isUnknown(component.shape()));
    }

    /** Whether a component could be what another one has been renamed to. */
    private static boolean isLike(Component gone, Component added) {
        boolean fits = !added.isPrimitive() || gone.isPrimitive();
        return fits && problem("", gone.shape(), added.shape(), CodecUse.VALUE) == null;
    }

    private static @Nullable String orderedRecordProblem(String where, Components from, Components to) {
        List<Component> were = from.components();
        List<Component> are = to.components();
        for (int i = 0; i < were.size(); i++) {
            Component was = were.get(i);
            if (i >= are.size() || !are.get(i).equals(to.successorOf(was))) {
                return "%scomponent number %d of the record was %s and %s; keys sort component after component, so components may only be appended: put it back (if it was renamed, annotate its new name with @Formerly(\"%s\")), or %s"
                        .formatted(
                                at(where),
                                i,
                                was.words(),
                                i >= are.size() ? "is gone" : "is " + are.get(i).words(),
                                was.name(),
                                COPY);
            }
            Component mine = are.get(i);
            if (mine.isPrimitive() != was.isPrimitive()) {
                return "%swas stored as %s, and is %s; keys of both would not sort: keep the type, or %s"
                        .formatted(at(path(where, mine.name())), was.words(), mine.words(), COPY);
            }
            String problem = problem(path(where, mine.name()), was.shape(), mine.shape(), CodecUse.ORDERED_KEY);
            if (problem != null) {
                return problem;
            }
        }
        for (Component added : are.subList(were.size(), are.size())) {
            if (!where.isEmpty()) {
                return "%scomponent %s is new, and lies within another record; keys would not sort: append it to the key itself, or %s"
                        .formatted(at(where), added.words(), COPY);
            }
            if (!sortsFirstByDefault(added)) {
                return "component %s is new; keys that were stored without it sort before all others, and its default does not: declare it as %s, which is null for them, or %s"
                        .formatted(
                                added.words(),
                                added.isPrimitive()
                                        ? added.shape().words()
                                        : "a number, text, or another type without parts",
                                COPY);
            }
        }
        return null;
    }

    private static boolean sortsFirstByDefault(Component added) {
        return switch (added.shape()) {
            case Leaf leaf ->
                !added.isPrimitive()
                        || leaf.words().equals("Boolean")
                        || leaf.words().equals("Character");
            case Constants constants -> true;
            default -> false;
        };
    }

    private static List<Constant> listed(Constants constants) {
        return constants.constants() == null ? List.of() : constants.constants();
    }

    private static String path(String where, String name) {
        return where.isEmpty() ? name : where + "." + name;
    }

    private static String at(String where) {
        return where.isEmpty() ? "" : where + ": ";
    }

    /** The codec for a structure of this shape, which has no {@link #problem}. */
    @SuppressWarnings("unchecked") // each codec is replaced by one of its own type
    private static <T> PlainCodec<T> fitted(PlainCodec<T> codec, Shape stored, CodecUse use) {
        if (use == CodecUse.ORDERED_KEY) {
            return (PlainCodec<T>) ordered(codec, stored);
        }
        if (codec instanceof RecordCodec<?> record && stored instanceof Components components) {
            return (PlainCodec<T>) new EvolvedRecord<>(record, components, use);
        }
        if (codec instanceof EnumCodec<?> constants && stored instanceof Constants listed) {
            return (PlainCodec<T>) constants.storedAs(listed);
        }
        return codec.name().equals(stored.text()) ? codec : new WidenedCodec<>(codec, stored.text());
    }

    private static PlainCodec<?> ordered(PlainCodec<?> codec, Shape stored) {
        if (codec instanceof OrderedEnumCodec<?> constants && stored instanceof Constants were) {
            return constants.listed(listed(were).size());
        }
        if (codec instanceof RecordCodec<?> record && stored instanceof Components were) {
            List<PlainCodec<?>> fitted = new ArrayList<>();
            for (RecordCodec.Component component : record.components()) {
                int number = fitted.size();
                boolean isListed = number < were.components().size();
                fitted.add(
                        isListed
                                ? ordered(
                                        component.codec(),
                                        were.components().get(number).shape())
                                : appended(component.codec()));
            }
            return record.with(fitted, were.components().size());
        }
        return codec;
    }

    /** The catalog lists no constants of an enum that came with an appended component, so all of them are checked. */
    private static PlainCodec<?> appended(PlainCodec<?> codec) {
        return codec instanceof OrderedEnumCodec<?> constants ? constants.listed(0) : codec;
    }
}
