package io.brickwork.sim.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Seeds: 64 bits, decimal or hexadecimal. */
final class SeedConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            if (lower.startsWith("0x")) {
                return Long.parseUnsignedLong(lower.substring(2), 16);
            }
            return lower.startsWith("-") ? Long.parseLong(lower) : Long.parseUnsignedLong(lower);
        } catch (NumberFormatException malformed) {
            throw new TypeConversionException(
                    "'" + text + "' is not a seed; write a number of 64 bits such as 42 or 0x1f3c9a77d2e40b16");
        }
    }
}
