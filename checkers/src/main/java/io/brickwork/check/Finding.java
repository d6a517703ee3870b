package io.brickwork.check;

/**
 * What a checker has against a run.
 *
 * @param checker which promise was broken, such as {@code "acked-never-lost"}
 * @param text what, where, expected and found; several lines
 */
public record Finding(String checker, String text) {
    @Override
    public String toString() {
        return checker + ": " + text;
    }
}
