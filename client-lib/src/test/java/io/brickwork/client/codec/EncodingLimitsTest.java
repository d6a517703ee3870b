package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Encoding ends at the limit of a value: an object that would come to more costs no more memory than that, however
 * large it is.
 */
class EncodingLimitsTest {
    private static final int LARGE = 64 << 20;
    private static final int LEVELS = 40;

    private final CodecRegistry registry =
            CodecRegistry.builder().register(Holder.class, 101).build();

    /** A class for Kryo. */
    static final class Holder {
        Object held = "";

        static Holder of(Object held) {
            Holder holder = new Holder();
            holder.held = held;
            return holder;
        }
    }

    record Named(String name, byte[] content) {}

    @Test
    void anArrayIsRefusedByItsLength() {
        assertTooLarge(Codecs.bytes(), new byte[LARGE], LARGE);
        assertTooLarge(OrderedCodecs.bytes(), new byte[LARGE], LARGE);
        assertThat(Codecs.bytes().encode(new byte[Limits.VALUE_BYTES]).length()).isEqualTo(Limits.VALUE_BYTES);
    }

    @Test
    void aStringIsMeasuredBeforeItIsEncoded() {
        assertTooLarge(Codecs.string(), "x".repeat(LARGE), LARGE);
        assertTooLarge(Codecs.string(), "€".repeat(400_000), 1_200_000);
        assertTooLarge(Codecs.string(), "😀".repeat(300_000), 1_200_000);
        assertThat(Codecs.string().encode("é".repeat(Limits.VALUE_BYTES / 2)).length())
                .isEqualTo(Limits.VALUE_BYTES);
    }

    @Test
    void aRecordStopsAtTheLimitWhicheverComponentItIs() {
        Codec<Named> codec = Codecs.record(Named.class);
        assertTooLarge(codec, new Named("x".repeat(LARGE), new byte[1]), LARGE);
        assertTooLarge(codec, new Named("x", new byte[LARGE]), LARGE);
        assertTooLarge(codec, new Named("x".repeat(600_000), new byte[600_000]), 1_200_000);
    }

    @Test
    void kryoStopsAtTheLimit() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        for (Object large : List.of(
                new byte[LARGE],
                new int[LARGE / 4],
                new long[LARGE / 8],
                "x".repeat(LARGE),
                "€".repeat(LARGE / 8),
                new ArrayList<>(Collections.nCopies(2_000_000, "four")),
                new BigInteger(1, filled(4 << 20)))) {
            assertTooLarge(codec, Holder.of(large), Limits.VALUE_BYTES + 1);
        }
    }

    @Test
    void aListThatHoldsItselfTwiceAtFortyLevelsIsNotWrittenOut() {
        List<Object> list = new ArrayList<>(List.of("leaf"));
        Map<String, Object> map = new HashMap<>(Map.of("a", "leaf"));
        for (int level = 0; level < LEVELS; level++) {
            list = new ArrayList<>(Arrays.asList(list, list));
            map = new HashMap<>(Map.of("left", map, "right", map));
        }
        assertTooLarge(registry.codecFor(Holder.class), Holder.of(list), Limits.VALUE_BYTES + 1);
        assertTooLarge(registry.codecFor(Holder.class), Holder.of(map), Limits.VALUE_BYTES + 1);
    }

    @Test
    void aCodecGoesOnAfterItHasRefused() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        assertTooLarge(codec, Holder.of(new byte[LARGE]), Limits.VALUE_BYTES + 1);
        Holder largest = Holder.of(new byte[Limits.VALUE_BYTES - 64]);
        assertThat((byte[]) codec.decode(codec.encode(largest)).held).hasSize(Limits.VALUE_BYTES - 64);
    }

    @Test
    void numbersOfKeysAreMeasuredBeforeTheirDigitsAreMade() {
        BigInteger large = BigInteger.ONE.shiftLeft(80_000_000);
        assertTooLarge(OrderedCodecs.of(BigInteger.class), large, 10_000_001);
        assertTooLarge(OrderedCodecs.of(BigInteger.class), large.negate(), 10_000_000);
        assertTooLarge(OrderedCodecs.of(BigDecimal.class), new BigDecimal(large, 7), 10_000_000);
    }

    private static byte[] filled(int bytes) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 7);
        return content;
    }

    private static <T> void assertTooLarge(Codec<T> codec, T value, long leastBytes) {
        assertThatExceptionOfType(DdsException.TooLarge.class)
                .isThrownBy(() -> codec.encode(value))
                .satisfies(refused -> {
                    assertThat(refused.actualBytes()).isGreaterThanOrEqualTo(leastBytes);
                    assertThat(refused.limitBytes()).isLessThanOrEqualTo(Limits.VALUE_BYTES);
                    assertThat(refused.certainlyDidNotHappen()).isTrue();
                    assertThat(refused).hasMessageContaining("%,d".formatted(refused.limitBytes()));
                });
    }
}
