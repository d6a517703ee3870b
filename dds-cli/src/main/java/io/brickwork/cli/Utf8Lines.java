package io.brickwork.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 file as they lie in it, numbered from 1. A line ends with LF, CR LF, CR or the file. A
 * byte-order mark at the beginning of the file belongs to no line. One thread.
 *
 * <p>A line that is not UTF-8 is refused when it is asked for, not before: everything above it can be used.
 */
final class Utf8Lines {
    /** Above any entry within the limits of keys and values, however it is escaped. */
    static final int LONGEST_LINE_BYTES = 16 << 20;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final InputStream in;
    private final String file;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long number;

    /** @param file its name, for messages */
    Utf8Lines(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    /**
     * One line.
     *
     * @param number 1 for the first line
     * @param end what ended it; empty if the file ended
     */
    record Line(long number, String text, String end) {}

    /**
     * The next line; null after the last.
     *
     * @throws CommandFailed if it is not UTF-8, is too long or cannot be read; names file, line and byte
     */
    @Nullable
    Line next() {
        if (peek() < 0) {
            return null;
        }
        number++;
        byte[] line = new byte[256];
        int length = 0;
        while (true) {
            int next = peek();
            if (next < 0) {
                return line(line, length, "");
            }
            position++;
            if (next == '\n') {
                return line(line, length, "\n");
            }
            if (next == '\r') {
                if (peek() != '\n') {
                    return line(line, length, "\r");
                }
                position++;
                return line(line, length, "\r\n");
            }
            if (length == LONGEST_LINE_BYTES) {
                throw new CommandFailed("line %,d of %s is longer than %,d bytes, which no entry can be"
                        .formatted(number, file, LONGEST_LINE_BYTES));
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, Math.min(LONGEST_LINE_BYTES, 2 * length));
            }
            line[length++] = (byte) next;
        }
    }

    private Line line(byte[] bytes, int length, String end) {
        ByteBuffer encoded = ByteBuffer.wrap(bytes, 0, length);
        CharBuffer decoded = CharBuffer.allocate(length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(encoded, decoded, true);
        if (result.isError()) {
            throw notUtf8(bytes, length, encoded.position(), result);
        }
        decoded.flip();
        boolean isMarked = number == 1 && !decoded.isEmpty() && decoded.charAt(0) == BYTE_ORDER_MARK;
        return new Line(
                number, decoded.subSequence(isMarked ? 1 : 0, decoded.length()).toString(), end);
    }

    private CommandFailed notUtf8(byte[] bytes, int length, int at, CoderResult result) {
        int first = bytes[0] & 0xff;
        int second = length > 1 ? bytes[1] & 0xff : 0;
        boolean isUtf16 = number == 1 && (first == 0xff && second == 0xfe || first == 0xfe && second == 0xff);
        try {
            result.throwException();
            throw new IllegalStateException("a line of " + length + " bytes became more characters than that");
        } catch (CharacterCodingException malformed) {
            return new CommandFailed(
                    "%s is not in UTF-8: byte %,d of line %,d is 0x%02x%s"
                            .formatted(
                                    file,
                                    at + 1,
                                    number,
                                    bytes[at] & 0xff,
                                    isUtf16 ? " (it looks like UTF-16; convert it first)" : ""),
                    malformed);
        }
    }

    /** The next byte; -1 at the end. */
    private int peek() {
        if (position == limit) {
            try {
                limit = in.read(buffer);
            } catch (IOException failure) {
                limit = 0;
                position = 0;
                throw new CommandFailed(
                        "could not read %s after line %,d: %s".formatted(file, number, failure), failure);
            }
            position = 0;
            if (limit <= 0) {
                limit = 0;
                return -1;
            }
        }
        return buffer[position] & 0xff;
    }
}
