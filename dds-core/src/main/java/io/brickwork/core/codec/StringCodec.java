package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.MalformedException;

/**
 * A string as UTF-8. An unpaired surrogate has no UTF-8 and is refused, because replacing it would make two strings
 * one.
 */
final class StringCodec extends PlainCodec.Run<String> {
    static final StringCodec INSTANCE = new StringCodec();

    private static final int MOST_BYTES_PER_CHAR = 3;
    private static final char REPLACEMENT = '\uFFFD';

    private StringCodec() {
        super("string/1", String.class);
    }

    @Override
    public Bytes encode(String value) {
        refuseUnpairedSurrogates(value);
        if (value.length() > Limits.VALUE_BYTES / MOST_BYTES_PER_CHAR) {
            long bytes = utf8Bytes(value);
            if (bytes > Limits.VALUE_BYTES) {
                throw new DdsException.TooLarge("a string", bytes, Limits.VALUE_BYTES);
            }
        }
        return Bytes.utf8(value);
    }

    @Override
    public String decode(Bytes bytes) {
        String text = bytes.toUtf8();
        // The decoder puts a replacement character for whatever is not UTF-8; one that was really there encodes to the
        // same bytes again.
        if (text.indexOf(REPLACEMENT) >= 0 && !Bytes.utf8(text).equals(bytes)) {
            throw new MalformedException("these " + bytes.length() + " bytes are not UTF-8: " + bytes);
        }
        return text;
    }

    /** How long the string is in UTF-8, without making that. All surrogates are paired. */
    private static long utf8Bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : MOST_BYTES_PER_CHAR;
        }
        return bytes;
    }

    private static void refuseUnpairedSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    throw new IllegalArgumentException(
                            "the string has an unpaired surrogate \\u%04x at index %d, which UTF-8 cannot hold"
                                    .formatted((int) c, i));
                }
                i++;
            }
        }
    }
}
