package io.brickwork.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What WordNet says of one word: the meanings it has as each part of speech, a line each, the most frequent first.
 * Empty where it has none.
 */
public record Word(String asNoun, String asVerb, String asAdjective, String asAdverb) {
    /** One part of speech and its meanings. */
    public record Part(String name, List<String> meanings) {}

    /** The parts of speech that the word has. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        add(parts, "noun", asNoun);
        add(parts, "verb", asVerb);
        add(parts, "adjective", asAdjective);
        add(parts, "adverb", asAdverb);
        return List.copyOf(parts);
    }

    private static void add(List<Part> parts, String name, String meanings) {
        if (!meanings.isEmpty()) {
            parts.add(new Part(name, meanings.lines().toList()));
        }
    }
}
