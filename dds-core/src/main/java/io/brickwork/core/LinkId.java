package io.brickwork.core;

import java.util.HexFormat;

/**
 * Names one link for as long as both sides run: 16 bytes drawn at random by who dials. The connections of a link find
 * each other by it.
 */
public record LinkId(long high, long low) {
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
