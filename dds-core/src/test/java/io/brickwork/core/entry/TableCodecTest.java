package io.brickwork.core.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class TableCodecTest {
    private static final int STRUCTURE = 0x01020304;
    private static final Bytes KEY = Bytes.utf8("key");
    private static final Version VERSION = new Version(7, 1L << 40);
    private static final PartitionId PARTITION = new PartitionId(STRUCTURE, 5);
    private static final SessionId SESSION = new SessionId(-1, 2);

    @Test
    void recordComesBackAsItWas() {
        for (Bytes value : List.of(Bytes.EMPTY, Bytes.utf8("v"), Bytes.wrap(new byte[Limits.VALUE_BYTES]))) {
            assertThat(TableCodec.decodeRecord(STRUCTURE, KEY, record(value)))
                    .isEqualTo(new TableRecord(VERSION, value));
        }
    }

    @Test
    void recordIsReadFromTheMiddleOfAnArray() {
        Bytes padded = Bytes.utf8("ab").concat(record(Bytes.utf8("v"))).concat(Bytes.utf8("cd"));

        assertThat(TableCodec.decodeRecord(STRUCTURE, KEY, padded.slice(2, padded.length() - 2))
                        .value())
                .isEqualTo(Bytes.utf8("v"));
    }

    @Test
    void appliedComesBackAsItWas() {
        Applied applied = new Applied(PARTITION, VERSION, 1L << 50);

        assertThat(TableCodec.decodeApplied(PARTITION, applied(applied))).isEqualTo(applied);
    }

    @Test
    void markComesBackAsItWas() {
        for (CopyMark mark : List.of(
                CopyMark.clearing(PARTITION),
                CopyMark.cleared(PARTITION),
                CopyMark.cleared(PARTITION).plus(1L << 50))) {
            assertThat(TableCodec.decodeMark(PARTITION, mark(mark))).isEqualTo(mark);
        }
    }

    @Test
    void sessionComesBackAsItWas() {
        SessionRow read = TableCodec.decodeSession(PARTITION, SESSION, session());

        assertThat(read.session()).isEqualTo(SESSION);
        assertThat(read.lowWater()).isEqualTo(41);
        assertThat(read.completions().values())
                .containsExactly(completion(42, Completion.Status.DONE), completion(50, Completion.Status.REJECTED));
    }

    @Test
    void everyFlippedBitIsFound() {
        everyFlippedBitIsFound(
                record(Bytes.utf8("value")), row -> TableCodec.decodeRecord(STRUCTURE, KEY, row), "6b6579");
        everyFlippedBitIsFound(
                applied(new Applied(PARTITION, VERSION, 3)),
                row -> TableCodec.decodeApplied(PARTITION, row),
                PARTITION.toString());
        everyFlippedBitIsFound(
                mark(CopyMark.cleared(PARTITION).plus(3)),
                row -> TableCodec.decodeMark(PARTITION, row),
                PARTITION.toString());
        everyFlippedBitIsFound(session(), row -> TableCodec.decodeSession(PARTITION, SESSION, row), SESSION.toString());
    }

    private static void everyFlippedBitIsFound(Bytes row, Function<Bytes, Object> decode, String named) {
        for (int bit = 0; bit < 8 * row.length(); bit++) {
            byte[] damaged = row.toArray();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> decode.apply(Bytes.wrap(damaged)))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining(named);
        }
    }

    @Test
    void everyTruncationIsFound() {
        Bytes record = record(Bytes.utf8("value"));
        Bytes session = session();
        for (int length = 0; length < record.length(); length++) {
            Bytes cut = record.slice(0, length);
            assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE, KEY, cut))
                    .isInstanceOf(CorruptRecordException.class);
        }
        Bytes mark = mark(CopyMark.cleared(PARTITION).plus(3));
        for (int length = 0; length < mark.length(); length++) {
            Bytes cut = mark.slice(0, length);
            assertThatThrownBy(() -> TableCodec.decodeMark(PARTITION, cut)).isInstanceOf(CorruptRecordException.class);
        }
        for (int length = 0; length < session.length(); length++) {
            Bytes cut = session.slice(0, length);
            assertThatThrownBy(() -> TableCodec.decodeSession(PARTITION, SESSION, cut))
                    .isInstanceOf(CorruptRecordException.class);
        }
    }

    @Test
    void rowUnderAnothersKeyIsFound() {
        Bytes record = record(Bytes.utf8("value"));

        assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE, Bytes.utf8("kez"), record))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE + 1, KEY, record))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> TableCodec.decodeSession(PARTITION, new SessionId(-1, 3), session()))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> TableCodec.decodeApplied(
                        new PartitionId(STRUCTURE, 6), applied(new Applied(PARTITION, VERSION, 3))))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(
                        () -> TableCodec.decodeMark(new PartitionId(STRUCTURE, 6), mark(CopyMark.cleared(PARTITION))))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> TableCodec.decodeMark(PARTITION, applied(new Applied(PARTITION, VERSION, 3))))
                .isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void whatLaterVersionsAddIsSkipped() {
        Bytes row = resealed(record(Bytes.utf8("value")), 1, "more");

        assertThat(TableCodec.decodeRecord(STRUCTURE, KEY, row).value()).isEqualTo(Bytes.utf8("value"));
    }

    @Test
    void unknownFormatIsNamed() {
        Bytes row = resealed(record(Bytes.utf8("value")), 9, "");

        assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE, KEY, row))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("structure " + STRUCTURE)
                .hasMessageContaining("expected format 1, found format 9");
    }

    @Test
    void messageOfACorruptRecordNamesBothChecksums() {
        byte[] damaged = record(Bytes.utf8("value")).toArray();
        damaged[3] ^= 1;

        assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE, KEY, Bytes.wrap(damaged)))
                .hasMessageMatching(
                        "record 6b6579 of structure 16909060 is corrupt: expected checksum [0-9a-f]{8}, its \\d+ bytes give [0-9a-f]{8}");
    }

    @Test
    void sealedRowThatClaimsTooMuchIsCorrupt() {
        ByteWriter body = new ByteWriter(16).u8(1).varint(1).varint(1).varint(1L << 31);
        Bytes row = sealed(body);

        assertThatThrownBy(() -> TableCodec.decodeRecord(STRUCTURE, KEY, row))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("value claims");
    }

    @Test
    void keysSortByStructureThenRecordKey() {
        assertThat(List.of(
                        TableCodec.dataKey(1, Bytes.EMPTY),
                        TableCodec.dataKey(1, Bytes.wrap(new byte[] {(byte) 0xFF})),
                        TableCodec.dataKey(2, Bytes.EMPTY),
                        TableCodec.dataKey(256, Bytes.EMPTY),
                        TableCodec.dataKey(Integer.MAX_VALUE, Bytes.EMPTY)))
                .isSorted();
    }

    private static Bytes record(Bytes value) {
        ByteWriter writer = new ByteWriter(16);
        TableCodec.encodeRecord(writer, STRUCTURE, KEY, VERSION, value);
        return writer.toBytes();
    }

    private static Bytes applied(Applied applied) {
        ByteWriter writer = new ByteWriter(16);
        TableCodec.encodeApplied(writer, applied);
        return writer.toBytes();
    }

    private static Bytes mark(CopyMark mark) {
        ByteWriter writer = new ByteWriter(16);
        TableCodec.encodeMark(writer, mark);
        return writer.toBytes();
    }

    private static Bytes session() {
        ByteWriter writer = new ByteWriter(16);
        TableCodec.encodeSession(
                writer,
                PARTITION,
                new SessionRow(
                        SESSION,
                        41,
                        List.of(completion(42, Completion.Status.DONE), completion(50, Completion.Status.REJECTED)),
                        List.of()));
        return writer.toBytes();
    }

    private static Completion completion(long number, Completion.Status status) {
        return new Completion(new OperationId(SESSION, number), VERSION, status, Bytes.utf8("result" + number));
    }

    /**
     * The record's row with another format byte, and with something after its last field, under a checksum that is
     * right.
     */
    private static Bytes resealed(Bytes row, int format, String more) {
        return sealed(new ByteWriter(64)
                .u8(format)
                .raw(row.slice(1, row.length() - 4))
                .raw(Bytes.utf8(more)));
    }

    private static Bytes sealed(ByteWriter body) {
        CRC32C crc = new CRC32C();
        Bytes key = TableCodec.dataKey(STRUCTURE, KEY);
        crc.update(key.toArray(), 0, key.length());
        crc.update(body.array(), 0, body.length());
        return body.fixed32((int) crc.getValue()).toBytes();
    }
}
