package io.brickwork.bricks.cli;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** How a file holds entries of text to text, in UTF-8. */
enum EntryFormat {
    /** One line each: key, tab, value. */
    TSV {
        @Override
        Iterator<Map.Entry<String, String>> read(BufferedReader lines, String file) {
            return new Numbered<>(lines.lines().iterator(), file, "'key<TAB>value'", line -> {
                int tab = line.indexOf('\t');
                return tab < 1 ? null : Map.entry(line.substring(0, tab), line.substring(tab + 1));
            });
        }

        @Override
        String write(String key, String value) {
            if (key.isEmpty()
                    || key.chars().anyMatch(EntryFormat::isSeparator)
                    || value.indexOf('\n') >= 0
                    || value.indexOf('\r') >= 0) {
                throw new CommandFailed(
                        "entry '%s' is empty or has a tab or an end of line in it, which lines of key<TAB>value cannot hold; use --format csv or jsonl"
                                .formatted(shortened(key)));
            }
            return key + "\t" + value + "\n";
        }
    },
    /** Two columns, quoted where they must be (RFC 4180); no header. */
    CSV {
        @Override
        Iterator<Map.Entry<String, String>> read(BufferedReader lines, String file) throws IOException {
            Iterator<CSVRecord> records =
                    CSVParser.parse(lines, CSVFormat.RFC4180).iterator();
            return new Numbered<>(
                    records, file, "of two columns", one -> one.size() == 2 ? Map.entry(one.get(0), one.get(1)) : null);
        }

        @Override
        String write(String key, String value) {
            return CSVFormat.RFC4180.format(key, value) + "\r\n";
        }
    },
    /** One JSON object a line: {@code {"key":"…","value":"…"}}. */
    JSONL {
        @Override
        Iterator<Map.Entry<String, String>> read(BufferedReader lines, String file) {
            return new Numbered<>(lines.lines().iterator(), file, "{\"key\":\"…\",\"value\":\"…\"}", line -> {
                try {
                    JsonEntry entry = GSON.fromJson(line, JsonEntry.class);
                    return entry == null || entry.key() == null || entry.value() == null
                            ? null
                            : Map.entry(entry.key(), entry.value());
                } catch (JsonParseException malformed) {
                    return null;
                }
            });
        }

        @Override
        String write(String key, String value) {
            return GSON.toJson(new JsonEntry(key, value)) + "\n";
        }
    };

    private static final Gson GSON = new Gson();
    private static final int SHOWN_CHARS = 60;

    private record JsonEntry(@Nullable String key, @Nullable String value) {}

    /**
     * Reads entries one after the other.
     *
     * @param file its name, for messages
     */
    abstract Iterator<Map.Entry<String, String>> read(BufferedReader lines, String file) throws IOException;

    /** The entry as it stands in a file, its end of line included. */
    abstract String write(String key, String value);

    /** What a file of this name holds, as its ending says; tabs, if it says nothing. */
    static EntryFormat of(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return CSV;
        }
        return name.endsWith(".jsonl") || name.endsWith(".ndjson") ? JSONL : TSV;
    }

    private static boolean isSeparator(int c) {
        return c == '\t' || c == '\n' || c == '\r';
    }

    private static String shortened(String text) {
        return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    }

    /** Counts what it reads, so that what is no entry can be named. */
    private record Numbered<T>(
            Iterator<T> records,
            String file,
            String shape,
            Function<T, Map.@Nullable Entry<String, String>> entry,
            long[] number)
            implements Iterator<Map.Entry<String, String>> {
        Numbered(
                Iterator<T> records,
                String file,
                String shape,
                Function<T, Map.@Nullable Entry<String, String>> entry) {
            this(records, file, shape, entry, new long[1]);
        }

        @Override
        public boolean hasNext() {
            try {
                return records.hasNext();
            } catch (UncheckedIOException failure) {
                throw new CommandFailed(
                        failure.getCause() instanceof java.nio.charset.CharacterCodingException
                                ? "%s is not in UTF-8 (somewhere after line %,d); what was loaded before stays"
                                        .formatted(file, number[0])
                                : "could not read %s after line %,d: %s".formatted(file, number[0], failure.getCause()),
                        failure);
            }
        }

        @Override
        public Map.Entry<String, String> next() {
            T record = records.next();
            number[0]++;
            Map.Entry<String, String> of = entry.apply(record);
            if (of == null) {
                throw new CommandFailed(
                        "line %d of %s is not %s: %s".formatted(number[0], file, shape, shortened(record.toString())));
            }
            return of;
        }
    }
}
