package io.brickwork.core.codec;

import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Numbers of any size, so that their bytes sort as they do: first the sign, then the magnitude's size, then its digits;
 * negative ones with all of that inverted.
 */
final class OrderedNumbers {
    private static final int NEGATIVE = 0;
    private static final int ZERO = 1;
    private static final int POSITIVE = 2;
    private static final int INVERTED = 0xFF;
    private static final int DECIMAL = 10;
    /** Longer ones do not fit into a key. */
    private static final int MOST_BYTES = Limits.KEY_BYTES;
    /** Trailing zeros are taken off and do not count, but not more than these: that takes quadratic time. */
    private static final int MOST_UNSCALED_BYTES = 4 * MOST_BYTES;

    private OrderedNumbers() {}

    /** The length of the magnitude in two bytes, and its bytes. */
    static final class Integers extends PlainCodec<BigInteger> {
        static final Integers INSTANCE = new Integers();

        private Integers() {
            super("ordered-biginteger/1", BigInteger.class);
        }

        @Override
        void write(ByteWriter writer, BigInteger value) {
            writer.u8(value.signum() + 1);
            if (value.signum() == 0) {
                return;
            }
            BigInteger positive = value.abs();
            int bytes = (positive.bitLength() + 7) / 8;
            if (bytes > MOST_BYTES) {
                throw new DdsException.TooLarge("an integer of a key", bytes, MOST_BYTES);
            }
            byte[] magnitude = positive.toByteArray();
            int skipped = magnitude[0] == 0 ? 1 : 0;
            int length = magnitude.length - skipped;
            int mask = value.signum() < 0 ? INVERTED : 0;
            writer.u8((length >> 8) ^ mask).u8(length ^ mask);
            for (int i = skipped; i < magnitude.length; i++) {
                writer.u8(magnitude[i] ^ mask);
            }
        }

        @Override
        BigInteger read(ByteReader reader) {
            int sign = sign(reader);
            if (sign == ZERO) {
                return BigInteger.ZERO;
            }
            int mask = sign == NEGATIVE ? INVERTED : 0;
            int length = (reader.u8() ^ mask) << 8;
            length |= reader.u8() ^ mask;
            if (length == 0 || length > MOST_BYTES) {
                throw new MalformedException("an integer of " + length + " bytes");
            }
            byte[] magnitude = new byte[length];
            for (int i = 0; i < length; i++) {
                magnitude[i] = (byte) (reader.u8() ^ mask);
            }
            if (magnitude[0] == 0) {
                throw new MalformedException("an integer that begins with a zero");
            }
            return new BigInteger(sign == NEGATIVE ? -1 : 1, magnitude);
        }
    }

    /** How many digits there are before the point, and the digits, each one more than it is, so that zero ends them. */
    static final class Decimals extends PlainCodec<BigDecimal> {
        static final Decimals INSTANCE = new Decimals();

        private Decimals() {
            super("ordered-bigdecimal/1", BigDecimal.class);
        }

        @Override
        void write(ByteWriter writer, BigDecimal value) {
            writer.u8(value.signum() + 1);
            if (value.signum() == 0) {
                return;
            }
            int bytes = value.unscaledValue().bitLength() / 8;
            if (bytes > MOST_UNSCALED_BYTES) {
                throw DdsException.TooLarge.atLeast("a decimal of a key", bytes, MOST_BYTES);
            }
            BigDecimal plain = value.stripTrailingZeros();
            String digits = plain.unscaledValue().abs().toString();
            long point = (long) digits.length() - plain.scale();
            if (digits.length() > MOST_BYTES || point != (int) point) {
                throw new IllegalArgumentException("a decimal of %d digits and scale %d; a key has at most %d digits"
                        .formatted(digits.length(), plain.scale(), MOST_BYTES));
            }
            int mask = value.signum() < 0 ? INVERTED : 0;
            writer.fixed32((int) point ^ Integer.MIN_VALUE ^ (mask == 0 ? 0 : -1));
            for (int i = 0; i < digits.length(); i++) {
                writer.u8((digits.charAt(i) - '0' + 1) ^ mask);
            }
            writer.u8(mask);
        }

        @Override
        BigDecimal read(ByteReader reader) {
            int sign = sign(reader);
            if (sign == ZERO) {
                return BigDecimal.ZERO;
            }
            int mask = sign == NEGATIVE ? INVERTED : 0;
            long point = reader.fixed32() ^ Integer.MIN_VALUE ^ (mask == 0 ? 0 : -1);
            StringBuilder digits = new StringBuilder();
            for (int digit = reader.u8() ^ mask; digit != 0; digit = reader.u8() ^ mask) {
                if (digit > DECIMAL || digits.length() == MOST_BYTES) {
                    throw new MalformedException("a decimal with the digit " + (digit - 1) + " or too many of them");
                }
                digits.append((char) ('0' + digit - 1));
            }
            boolean isStripped =
                    !digits.isEmpty() && digits.charAt(0) != '0' && digits.charAt(digits.length() - 1) != '0';
            long scale = digits.length() - point;
            if (!isStripped || scale != (int) scale) {
                throw new MalformedException("a decimal of the digits '" + digits + "' and scale " + scale);
            }
            BigInteger unscaled = new BigInteger(digits.toString());
            return new BigDecimal(sign == NEGATIVE ? unscaled.negate() : unscaled, (int) scale);
        }
    }

    private static int sign(ByteReader reader) {
        int sign = reader.u8();
        if (sign > POSITIVE) {
            throw new MalformedException("a number with the sign " + sign);
        }
        return sign;
    }
}
