package io.brickwork.core.codec;

/** What a structure uses a codec for. It decides how far a type may change while its objects are stored. */
public enum CodecUse {
    /** Values: only what they mean must stay. */
    VALUE,
    /**
     * Keys that are found by their bytes: equal keys must have equal bytes, whichever version of a class wrote them.
     */
    KEY,
    /** Keys that are found by their bytes and stand in the order of these. */
    ORDERED_KEY
}
