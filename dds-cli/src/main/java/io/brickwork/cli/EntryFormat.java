package io.brickwork.cli;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * How a file holds entries of text to text, in UTF-8. Whatever a format writes it reads again as the same entry; what
 * it cannot hold it refuses to write. Blank lines between entries mean nothing.
 */
enum EntryFormat {
    /** One line each: key, tab, value. */
    TSV {
        @Override
        Entries read(Utf8Lines lines, String file) {
            return () -> {
                Utf8Lines.Line line = nextFilled(lines);
                if (line == null) {
                    return null;
                }
                int tab = line.text().indexOf('\t');
                if (tab < 1) {
                    throw notAnEntry(line.number(), file, "'key<TAB>value'", line.text());
                }
                return new Entry(
                        line.number(),
                        line.text().substring(0, tab),
                        line.text().substring(tab + 1));
            };
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
        Entries read(Utf8Lines lines, String file) throws IOException {
            return new CsvEntries(lines, file);
        }

        @Override
        String write(String key, String value) {
            return CSVFormat.RFC4180.format(key, value) + "\r\n";
        }
    },
    /** One JSON object a line: {@code {"key":"…","value":"…"}}. */
    JSONL {
        @Override
        Entries read(Utf8Lines lines, String file) {
            return () -> {
                Utf8Lines.Line line = nextFilled(lines);
                return line == null ? null : jsonEntry(line, file);
            };
        }

        @Override
        String write(String key, String value) {
            return GSON.toJson(new JsonEntry(key, value)) + "\n";
        }
    };

    private static final Gson GSON = new Gson();
    private static final int SHOWN_CHARS = 60;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private record JsonEntry(String key, String value) {}

    /**
     * An entry of a file.
     *
     * @param line the line that it begins in
     */
    record Entry(long line, String key, String value) {}

    /** The entries of a file, one after the other. */
    interface Entries {
        /**
         * The next entry; null after the last.
         *
         * @throws CommandFailed if what comes next is no entry; names file and line, and is the end of the reading
         */
        @Nullable
        Entry next();
    }

    /**
     * Reads entries one after the other, no further ahead than the line that ends the entry.
     *
     * @param file its name, for messages
     */
    abstract Entries read(Utf8Lines lines, String file) throws IOException;

    /** The entry as it stands in a file, its end of line included. */
    abstract String write(String key, String value);

    /** The same for the first entry of a file, whose key must not be taken for a byte-order mark. */
    String writeFirst(String key, String value) {
        return (key.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "") + write(key, value);
    }

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

    /** The next line with anything but spaces in it; null after the last. */
    private static Utf8Lines.@Nullable Line nextFilled(Utf8Lines lines) {
        while (true) {
            Utf8Lines.Line line = lines.next();
            if (line == null || !line.text().chars().allMatch(c -> c == ' ')) {
                return line;
            }
        }
    }

    private static Entry jsonEntry(Utf8Lines.Line line, String file) {
        String key = null;
        String value = null;
        try (JsonReader json = new JsonReader(new StringReader(line.text()))) {
            json.setStrictness(Strictness.STRICT);
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                boolean isText = json.peek() == JsonToken.STRING;
                if (isText && name.equals("key") && key == null) {
                    key = json.nextString();
                } else if (isText && name.equals("value") && value == null) {
                    value = json.nextString();
                } else {
                    throw new MalformedJsonException("'" + name + "' is neither the key's nor the value's text");
                }
            }
            json.endObject();
            if (key != null && value != null && json.peek() == JsonToken.END_DOCUMENT) {
                return new Entry(line.number(), key, value);
            }
        } catch (IOException | IllegalStateException | JsonParseException malformed) {
            throw notAnEntry(line.number(), file, "{\"key\":\"…\",\"value\":\"…\"}", line.text());
        }
        throw notAnEntry(line.number(), file, "{\"key\":\"…\",\"value\":\"…\"}", line.text());
    }

    private static CommandFailed notAnEntry(long line, String file, String shape, String text) {
        return new CommandFailed("line %,d of %s is not %s: %s".formatted(line, file, shape, shortened(text)));
    }

    private static String shortened(String text) {
        return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    }

    /** Records of two columns, each of which may take several lines. */
    private static final class CsvEntries implements Entries {
        private final String file;
        private final LineByLine text;
        private final CSVParser parser;
        private final Iterator<CSVRecord> records;

        CsvEntries(Utf8Lines lines, String file) throws IOException {
            this.file = file;
            text = new LineByLine(lines);
            parser = CSVParser.parse(text, CSVFormat.RFC4180);
            records = parser.iterator();
        }

        @Override
        public @Nullable Entry next() {
            while (true) {
                long line = parser.getCurrentLineNumber() + 1;
                text.beginRecord(line, file);
                try {
                    if (!records.hasNext()) {
                        return null;
                    }
                } catch (UncheckedIOException malformed) {
                    throw new CommandFailed(
                            "the record that begins in line %,d of %s is not CSV: %s"
                                    .formatted(line, file, reason(malformed)),
                            malformed);
                }
                CSVRecord columns = records.next();
                if (columns.size() == 2) {
                    return new Entry(line, columns.get(0), columns.get(1));
                }
                if (columns.size() != 1 || !columns.get(0).isBlank()) {
                    throw notAnEntry(line, file, "of two columns", String.join(",", columns.toList()));
                }
            }
        }

        private static String reason(UncheckedIOException malformed) {
            Throwable cause = malformed.getCause();
            String message = String.valueOf((cause == null ? malformed : cause).getMessage());
            return message.contains("EOF reached") ? "a quotation mark is not closed" : message;
        }
    }

    /** Hands over one line at a time, so that nothing is read ahead of the record that is asked for. */
    private static final class LineByLine extends Reader {
        private final Utf8Lines lines;
        private String line = "";
        private int position;
        private long recordChars;
        private String record = "";

        LineByLine(Utf8Lines lines) {
            this.lines = lines;
        }

        void beginRecord(long line, String file) {
            recordChars = 0;
            record = "the record that begins in line %,d of %s".formatted(line, file);
        }

        @Override
        public int read(char[] into, int offset, int length) {
            while (position == line.length()) {
                Utf8Lines.Line next = lines.next();
                if (next == null) {
                    return -1;
                }
                line = next.text() + next.end();
                position = 0;
                recordChars += line.length();
                if (recordChars > Utf8Lines.LONGEST_LINE_BYTES) {
                    throw new CommandFailed(record
                            + " is longer than %,d characters: is a quotation mark not closed?"
                                    .formatted(Utf8Lines.LONGEST_LINE_BYTES));
                }
            }
            int count = Math.min(length, line.length() - position);
            line.getChars(position, position + count, into, offset);
            position += count;
            return count;
        }

        @Override
        public void close() {}
    }
}
