package io.brickwork.core.codec;

import io.brickwork.core.codec.Shape.Component;
import io.brickwork.core.codec.Shape.Components;
import io.brickwork.core.codec.Shape.Constants;
import io.brickwork.core.codec.Shape.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what shape a name was cut from: a digest can only be compared, so shapes from which a class may have grown
 * are tried one after the other, the most similar first. A shape that had more than the class has is not found.
 */
final class CutNames {
    /** So many shapes are tried, twice: it takes some tenths of a second. */
    private static final int TRIES = 50_000;

    private CutNames() {}

    static Optional<Shape> whole(Cut cut, Shape mine) {
        Search search = new Search(cut);
        if (mine instanceof Components components) {
            search.tryAll(components);
        } else if (mine instanceof Constants constants) {
            earlier(constants).forEach(search::tryOne);
        }
        return Optional.ofNullable(search.found);
    }

    /** Shapes that an enum may have had before constants were appended, itself first. */
    private static List<Shape> earlier(Constants mine) {
        List<Shape> earlier = new ArrayList<>();
        if (mine.constants() != null) {
            for (int count = mine.constants().size(); count > 0; count--) {
                earlier.add(new Constants(
                        mine.isOrdered(), mine.type(), mine.constants().subList(0, count)));
            }
        }
        return earlier;
    }

    private static final class Search {
        private final Cut cut;
        /** Whether the name is of those that have classes in them. */
        private final boolean hasClass;

        private int tries;
        private @Nullable Shape found;

        private Search(Cut cut) {
            this.cut = cut;
            this.hasClass = !cut.type().isEmpty();
        }

        /** Names with classes did not list the constants of enums that are stored by name. */
        private static Shape unlisted(Shape shape) {
            return switch (shape) {
                case Constants constants when !constants.isOrdered() -> new Constants(false, constants.type(), null);
                case Components nested ->
                    new Components(
                            nested.type(),
                            nested.components().stream()
                                    .map(component -> new Component(
                                            component.name(),
                                            List.of(),
                                            component.isPrimitive(),
                                            unlisted(component.shape())))
                                    .toList(),
                            List.of());
                default -> shape;
            };
        }

        private boolean isOver() {
            return found != null || tries >= TRIES;
        }

        private void tryOne(Shape candidate) {
            if (isOver()) {
                return;
            }
            tries++;
            String name = cut.nameWithClass();
            boolean isIt = !hasClass
                    ? candidate.name().equals(name)
                    : candidate.nameWithClass().equals(name)
                            // The class may have been renamed since.
                            || candidate instanceof Components components
                                    && components.nameWithClass(cut.type()).equals(name)
                            || candidate instanceof Constants constants
                                    && new Constants(constants.isOrdered(), cut.type(), constants.constants())
                                            .nameWithClass()
                                            .equals(name);
            found = isIt ? hasClass ? unlisted(candidate) : candidate : null;
        }

        /** Fewest changes first: components that are new, and then also components that were something else. */
        private void tryAll(Components mine) {
            for (boolean mayDiffer : new boolean[] {false, true}) {
                tries = 0;
                for (int changes = 0; changes <= mine.components().size() && !isOver(); changes++) {
                    tryChanged(mine, mayDiffer, changes, 0, new ArrayList<>());
                }
            }
        }

        /**
         * Tries all shapes that begin with the given components, and have the given number of changes among the others.
         *
         * @param next the first of the others
         */
        private void tryChanged(Components mine, boolean mayDiffer, int changes, int next, List<Component> before) {
            int left = mine.components().size() - next;
            if (isOver() || changes > left) {
                return;
            }
            if (left == 0) {
                tryOne(new Components(mine.type(), before, List.of()));
                return;
            }
            List<Component> variants = variants(mine.components().get(next));
            for (int i = 0; i < (mayDiffer ? variants.size() : 1); i++) {
                if (i == 0 || changes > 0) {
                    List<Component> with = new ArrayList<>(before);
                    with.add(variants.get(i));
                    tryChanged(mine, mayDiffer, changes - (i == 0 ? 0 : 1), next + 1, with);
                }
            }
            if (changes > 0) {
                tryChanged(mine, mayDiffer, changes - 1, next + 1, before);
            }
        }

        /** What a component may have been, first what it is. */
        private List<Component> variants(Component mine) {
            List<Component> variants = new ArrayList<>();
            List<Shape> shapes = new ArrayList<>();
            if (mine.shape() instanceof Constants constants && (constants.isOrdered() || !hasClass)) {
                shapes.addAll(earlier(constants));
            } else {
                shapes.add(mine.shape());
                shapes.addAll(Leaves.narrower(mine.shape()));
            }
            List<String> names = new ArrayList<>(List.of(mine.name()));
            names.addAll(mine.formerly());
            for (String name : names) {
                for (Shape shape : shapes) {
                    variants.add(new Component(name, List.of(), mine.isPrimitive(), shape));
                    if (!mine.isPrimitive() && Leaves.hasPrimitive(shape)) {
                        variants.add(new Component(name, List.of(), true, shape));
                    }
                }
            }
            return variants;
        }
    }
}
