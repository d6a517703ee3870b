package io.brickwork.core.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.wire.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryCodecTest {
    static List<Entry> samples() {
        return List.copyOf(Samples.entries().values());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void entryComesBackAsItWas(Entry entry) {
        assertThat(EntryCodec.decode(entry.encoded())).isEqualTo(entry);
    }

    @Test
    void everyKindOfEntryHasASample() {
        assertThat(samples().stream().map(Entry::kind).distinct()).containsExactlyInAnyOrder(Entry.Kind.values());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anyFlippedBitIsMalformed(Entry entry) {
        byte[] whole = entry.encoded().toArray();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> EntryCodec.decode(Bytes.wrap(flipped)))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("checksum");
        }
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) 0xFF;
            assertThatThrownBy(() -> EntryCodec.decode(Bytes.wrap(flipped))).isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void entryCutShortAnywhereIsMalformed(Entry entry) {
        for (int length = 0; length < entry.encoded().length(); length++) {
            Bytes cut = entry.encoded().slice(0, length);
            assertThatThrownBy(() -> EntryCodec.decode(cut)).isInstanceOf(MalformedException.class);
        }
    }

    /** The checksum is right, but the bytes before it end too soon: only a writer with a fault makes such an entry. */
    @ParameterizedTest
    @MethodSource("samples")
    void entryThatEndsTooSoonIsMalformedEvenWithARightChecksum(Entry entry) {
        int bodyBytes = entry.encoded().length() - 4;
        for (int length = 0; length < bodyBytes; length++) {
            Bytes cut = checksummed(entry.encoded().slice(0, length));
            assertThatThrownBy(() -> EntryCodec.decode(cut)).isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void flippedBytesUnderARightChecksumAreReadOrMalformed(Entry entry) {
        byte[] body = body(entry).toArray();
        for (int at = 0; at < body.length; at++) {
            for (int mask : new int[] {1, 2, 0x40, 0x80, 0xFF}) {
                byte[] flipped = body.clone();
                flipped[at] ^= (byte) mask;
                decodeOrMalformed(checksummed(Bytes.wrap(flipped)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void absurdNumbersUnderARightChecksumAreReadOrMalformed(Entry entry) {
        Bytes body = body(entry);
        for (long absurd : new long[] {Integer.MAX_VALUE, 1L << 31, 1L << 32, Long.MAX_VALUE, -1}) {
            Bytes number = new ByteWriter(16).varint(absurd).toBytes();
            for (int at = 1; at < body.length(); at++) {
                decodeOrMalformed(
                        checksummed(body.slice(0, at).concat(number).concat(body.slice(at + 1, body.length()))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatLaterVersionsAddIsSkipped(Entry entry) {
        Bytes longer = checksummed(body(entry).concat(Bytes.utf8("a field of version 2")));
        Entry read = EntryCodec.decode(longer);
        assertThat(read.effects()).isEqualTo(entry.effects());
        assertThat(read.completion()).isEqualTo(entry.completion());
        assertThat(read.encoded()).as("kept, so that it can be passed on whole").isEqualTo(longer);
    }

    @Test
    void unknownFormatAndKindAreMalformed() {
        assertThatThrownBy(() -> EntryCodec.decode(changed(body -> body[0] = 2)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("entry format 2 is not known");
        assertThatThrownBy(() -> EntryCodec.decode(changed(body -> body[1] = 99)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("entry kind 99 is not known");
    }

    @Test
    void entryInsideALargerArrayIsReadAndCompacted() {
        Entry entry = Samples.entries().get("entry-put");
        byte[] around = new byte[entry.encoded().length() + 100];
        entry.encoded().copyTo(around, 50);
        Entry slice = EntryCodec.decode(Bytes.wrap(around, 50, entry.encoded().length()));
        assertThat(slice).isEqualTo(entry);
        Entry compact = slice.compact();
        assertThat(compact).isEqualTo(entry);
        assertThat(compact.encoded().backingArray()).hasSize(entry.encoded().length());
        assertThat(compact.effects().get(0).recordKey().backingArray())
                .isSameAs(compact.encoded().backingArray());
        assertThat(compact.compact()).isSameAs(compact);
    }

    @Test
    void largestEntryFits() {
        Bytes value = Bytes.wrap(new byte[Limits.VALUE_BYTES]);
        Bytes key = Bytes.wrap(new byte[Limits.RECORD_KEY_BYTES]);
        Entry entry = EntryCodec.encode(
                Entry.Kind.WRITE,
                new PartitionId(Integer.MAX_VALUE, Integer.MAX_VALUE),
                new Version(Long.MAX_VALUE, Long.MAX_VALUE),
                new Completion(
                        Samples.OPERATION, new Version(Long.MAX_VALUE, Long.MAX_VALUE), Completion.Status.DONE, value),
                1,
                List.of(new Effect(key, value)));
        assertThat(EntryCodec.decode(entry.encoded())).isEqualTo(entry);
    }

    @Test
    void entryOverTheLimitIsABrokenInvariantToItsMakerAndMalformedToOthers() {
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            effects.add(new Effect(Bytes.utf8("k" + i), Bytes.wrap(new byte[Limits.VALUE_BYTES])));
        }
        assertThatThrownBy(() ->
                        EntryCodec.encode(Entry.Kind.WRITE, Samples.PARTITION, new Version(1, 1), null, 0, effects))
                .isInstanceOf(Check.InvariantBroken.class)
                .hasMessageContaining("the limit is " + Limits.ENTRY_BYTES);
        assertThatThrownBy(() -> EntryCodec.decode(Bytes.wrap(new byte[Limits.ENTRY_BYTES + 1])))
                .isInstanceOf(MalformedException.class);
    }

    private static void decodeOrMalformed(Bytes bytes) {
        try {
            assertThat(EntryCodec.decode(bytes).encoded()).isEqualTo(bytes);
        } catch (MalformedException expected) {
            assertThat(expected.getMessage().replaceFirst("a chunk of partition .*", "")) // it has one of its own
                    .doesNotContain("checksum");
        }
    }

    private static Bytes changed(Consumer<byte[]> change) {
        byte[] body = body(Samples.entries().get("entry-put")).toArray();
        change.accept(body);
        return checksummed(Bytes.wrap(body));
    }

    private static Bytes body(Entry entry) {
        return entry.encoded().slice(0, entry.encoded().length() - 4);
    }

    private static Bytes checksummed(Bytes body) {
        CRC32C crc = new CRC32C();
        byte[] array = body.toArray();
        crc.update(array);
        byte[] whole = Arrays.copyOf(array, array.length + 4);
        Bytes.wrap(new ByteWriter(4).fixed32((int) crc.getValue()).toBytes().toArray())
                .copyTo(whole, array.length);
        return Bytes.wrap(whole);
    }
}
