package io.brickwork.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireCodecTest {
    /** What one attempt to read a few hundred bytes may allocate, its exception and message included. */
    private static final long MOST_ALLOCATED_BYTES = 64 << 10;

    private static final long[] ABSURD = {
        Integer.MAX_VALUE, 1L << 31, 1L << 32, (1L << 32) + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2
    };

    static List<Message> samples() {
        return List.copyOf(Samples.messages().values());
    }

    @Test
    void everyKindOfMessageHasASample() {
        TreeSet<String> kinds = new TreeSet<>();
        collectRecords(Message.class, kinds);
        TreeSet<String> sampled = new TreeSet<>();
        samples().forEach(message -> sampled.add(message.getClass().getName()));
        assertThat(kinds).hasSizeGreaterThanOrEqualTo(26);
        assertThat(sampled).isEqualTo(kinds);
    }

    private static void collectRecords(Class<?> type, TreeSet<String> records) {
        if (type.isRecord()) {
            records.add(type.getName());
            return;
        }
        assertThat(type.isSealed()).as("%s is sealed or a record", type).isTrue();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collectRecords(permitted, records);
        }
    }

    @Test
    void everyKindOfMessageHasATypeOfItsOwn() {
        TreeSet<String> pairs = new TreeSet<>();
        TreeSet<Integer> types = new TreeSet<>();
        for (Message message : samples()) {
            int type = WireCodec.encode(message).at(0);
            types.add(type);
            pairs.add(type + " " + message.getClass().getName());
        }
        assertThat(pairs).hasSameSizeAs(types);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void messageComesBackAsItWas(Message message) {
        assertThat(WireCodec.decode(WireCodec.encode(message))).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void messageIsReadOutOfTheMiddleOfAnArray(Message message) {
        byte[] encoded = WireCodec.encode(message).toArray();
        byte[] around = new byte[encoded.length + 20];
        Arrays.fill(around, (byte) 0xFF);
        System.arraycopy(encoded, 0, around, 9, encoded.length);
        assertThat(WireCodec.decode(Bytes.wrap(around, 9, encoded.length))).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void messageCutShortAnywhereIsMalformed(Message message) {
        Bytes whole = WireCodec.encode(message);
        for (int length = 0; length < whole.length(); length++) {
            assertThatMalformed(whole.slice(0, length));
        }
    }

    /** The length is right for what is there, but the body lacks its end. */
    @ParameterizedTest
    @MethodSource("samples")
    void bodyCutShortAnywhereIsMalformed(Message message) {
        Bytes whole = WireCodec.encode(message);
        Bytes body = body(whole);
        for (int length = 0; length < body.length(); length++) {
            if (length != lengthInEarlierVersions(message, body)) {
                assertThatMalformed(withBody(whole.at(0), body.slice(0, length)));
            }
        }
    }

    /** Where the body ended before fields were added at its end. */
    private static int lengthInEarlierVersions(Message message, Bytes body) {
        return switch (message) {
            case CallMessage.Prepare prepare -> body.length() - ByteWriter.varintBytes(prepare.tookNanos());
            case LinkMessage.Goodbye goodbye when goodbye.cause() != LinkMessage.Cause.OTHER -> body.length() - 1;
            default -> body.length();
        };
    }

    @ParameterizedTest
    @MethodSource("samples")
    void flippedBitsAreReadOrMalformed(Message message) {
        byte[] whole = WireCodec.encode(message).toArray();
        int[] masks = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF};
        for (int at = 0; at < whole.length; at++) {
            for (int mask : masks) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) mask;
                Message read = readOrNull(Bytes.wrap(flipped));
                if (read != null) {
                    // What was read can be written: nothing out of bounds slipped in.
                    assertThat(WireCodec.decode(WireCodec.encode(read))).isEqualTo(read);
                }
            }
        }
    }

    /** Every place where a length or a number may stand is overwritten with a huge or negative one. */
    @ParameterizedTest
    @MethodSource("samples")
    void absurdNumbersAreReadOrMalformedWithoutMuchMemory(Message message) {
        Bytes whole = WireCodec.encode(message);
        Bytes body = body(whole);
        for (long absurd : ABSURD) {
            Bytes number = new ByteWriter(16).varint(absurd).toBytes();
            assertThatMalformed(
                    new ByteWriter(16).u8(whole.at(0)).raw(number).raw(body).toBytes());
            for (int at = 0; at < body.length(); at++) {
                Bytes replaced = body.slice(0, at).concat(number).concat(body.slice(at + 1, body.length()));
                readOrNull(withBody(whole.at(0), replaced));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void unknownBytesAtTheEndOfABodyAreSkipped(Message message) {
        Bytes whole = WireCodec.encode(message);
        Bytes longer = withBody(whole.at(0), body(whole).concat(Bytes.wrap(new byte[] {-1, 0, 1, 2, 3, 4, 5, 6, 7})));
        ByteReader reader = new ByteReader(longer.concat(whole));
        assertThat(WireCodec.read(reader)).isEqualTo(message);
        assertThat(WireCodec.read(reader)).isEqualTo(message);
        assertThat(reader.remaining()).isZero();
    }

    @Test
    void unknownTypeIsMalformed() {
        TreeSet<Integer> known = new TreeSet<>();
        samples().forEach(message -> known.add(WireCodec.encode(message).at(0) & 0xFF));
        for (int type = 0; type < 256; type++) {
            if (!known.contains(type)) {
                Bytes unknown = withBody(type, Bytes.wrap(new byte[64]));
                assertThatThrownBy(() -> WireCodec.decode(unknown))
                        .isInstanceOf(MalformedException.class)
                        .hasMessageContaining("type " + type + " is not known");
            }
        }
    }

    @Test
    void bytesAfterTheOneMessageAreMalformed() {
        Bytes encoded = WireCodec.encode(new LinkMessage.Ping(1));
        assertThatThrownBy(() -> WireCodec.decode(encoded.concat(Bytes.wrap(new byte[3]))))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("3 bytes follow");
    }

    @Test
    void whatConstructorsRefuseIsMalformed() {
        Map<String, Bytes> bodies = Map.of(
                "low water above the operation",
                withBody(
                        16,
                        request()
                                .fixed64(0)
                                .fixed64(0)
                                .varint(5)
                                .varint(1)
                                .varint(6)
                                .varint(0)
                                .varint(0)
                                .toBytes()),
                "fetch of nothing",
                withBody(34, request(3, 14, 7).varint(9).varint(8).toBytes()),
                "base above the level",
                withBody(
                        36,
                        request(3, 14, 7).varint(9).u8(0).varint(8).varint(0).toBytes()),
                "a brick's name with a blank",
                withBody(32, request(3, 14, 7).varint(1).string("a b").varint(0).toBytes()));
        bodies.forEach((what, bytes) -> assertThatThrownBy(() -> WireCodec.decode(bytes))
                .as(what)
                .isInstanceOf(MalformedException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class));
    }

    /** Ticket, partition, epoch. */
    private static ByteWriter request() {
        return request(1, 3, 14).varint(7);
    }

    private static ByteWriter request(long... numbers) {
        ByteWriter writer = new ByteWriter(64);
        Arrays.stream(numbers).forEach(writer::varint);
        return writer;
    }

    @Test
    void entryWithAWrongChecksumIsMalformedWhereverItTravels() {
        for (String name : List.of("store", "fetched", "level")) {
            byte[] encoded = WireCodec.encode(Samples.messages().get(name)).toArray();
            encoded[encoded.length - 6] ^= 1;
            assertThatThrownBy(() -> WireCodec.decode(Bytes.wrap(encoded)))
                    .as(name)
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void entryOfAnotherPartitionIsMalformed() {
        ReplicaMessage.Fetched mixed = new ReplicaMessage.Fetched(
                Samples.PARTITION, 7, List.of(Samples.entries().get("entry-two-effects-no-completion")));
        assertThatThrownBy(() -> WireCodec.decode(WireCodec.encode(mixed)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("an entry of partition 0/0 in a message for 3/14");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 80, 81, 82, 127, 128, 16_300, 16_383, 16_384, Limits.VALUE_BYTES})
    void bodiesOfAllSizesKeepTheirLength(int valueBytes) {
        byte[] value = new byte[valueBytes];
        Arrays.fill(value, (byte) 7);
        Bytes bytes = Bytes.wrap(value);
        List<Message> messages = List.of(
                new ReplicaMessage.Store(
                        1, 1, Samples.entry(new Version(7, 2), List.of(new Effect(Samples.KEY, bytes)))),
                new CallMessage.Write(1, Samples.PARTITION, 7, Samples.OPERATION, 1, 0, Samples.KEY, bytes),
                new CallMessage.Answer(
                        1,
                        Samples.PARTITION,
                        io.brickwork.core.entry.Completion.Status.DONE,
                        new Version(7, 2),
                        bytes));
        ByteWriter writer = new ByteWriter(16);
        messages.forEach(message -> WireCodec.write(writer, message));
        ByteReader reader = new ByteReader(writer.toBytes());
        List<Message> read = new ArrayList<>();
        while (reader.remaining() > 0) {
            read.add(WireCodec.read(reader));
        }
        assertThat(read).isEqualTo(messages);
    }

    @Test
    void valuesAreSlicesOfWhatWasRead() {
        Bytes encoded = WireCodec.encode(Samples.messages().get("write"));
        CallMessage.Write write = (CallMessage.Write) WireCodec.decode(encoded);
        assertThat(write.body().backingArray()).isSameAs(encoded.backingArray());
    }

    /** A key is longer than a reason; a reader that took the command for one closed the operator's connection. */
    @Test
    void operatorsMaySplitAtTheLongestKey() {
        Bytes key = Bytes.wrap(new byte[Limits.RECORD_KEY_BYTES]);
        Message instruct =
                new CallMessage.Instruct(1, new MetadataCommand.SplitPartition(new PartitionId(1, 2), key, true));
        assertThat(WireCodec.decode(WireCodec.encode(instruct))).isEqualTo(instruct);
    }

    @Test
    void writingIntoAnArrayThatIsThereAllocatesNothing() {
        List<Message> hot = List.of(
                Samples.messages().get("store"),
                Samples.messages().get("stored"),
                Samples.messages().get("write"),
                Samples.messages().get("read"),
                Samples.messages().get("answer-done"));
        ByteWriter writer = new ByteWriter(4096);
        Runnable writeAll = () -> {
            for (int i = 0; i < 1000; i++) {
                writer.clear();
                for (int at = 0; at < hot.size(); at++) {
                    WireCodec.write(writer, hot.get(at));
                }
            }
        };
        writeAll.run();
        assertThat(Allocations.of(writeAll)).isLessThan(1000);
    }

    private static void assertThatMalformed(Bytes bytes) {
        assertThat(readOrNull(bytes)).as("%s", bytes).isNull();
    }

    /** What the bytes hold, or null if they are malformed; any other exception, and much memory, fail the test. */
    private static @Nullable Message readOrNull(Bytes bytes) {
        Message[] read = new Message[1];
        Runnable decode = () -> {
            try {
                read[0] = WireCodec.decode(bytes);
            } catch (MalformedException expected) {
                read[0] = null;
            }
        };
        if (Allocations.of(decode) >= MOST_ALLOCATED_BYTES) {
            // The first time on some path, the JVM links what makes the message of the exception; the second time shows
            // what reading takes.
            assertThat(Allocations.of(decode)).isLessThan(MOST_ALLOCATED_BYTES);
        }
        return read[0];
    }

    private static Bytes body(Bytes message) {
        ByteReader reader = new ByteReader(message.slice(1, message.length()));
        return reader.bytes("body", Limits.FRAME_BYTES);
    }

    private static Bytes withBody(int type, Bytes body) {
        return new ByteWriter(body.length() + 16).u8(type).bytes(body).toBytes();
    }
}
