package io.brickwork.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.metadata.Registration;
import io.brickwork.core.wire.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogRecordCodecTest {
    private static final List<LogRecord> RECORDS = List.of(
            new LogRecord.Stored(LogContract.entry(1, 1, 10)),
            new LogRecord.Stored(LogContract.entry(7, Long.MAX_VALUE, 0)),
            new LogRecord.Promise(new PartitionId(0, 0), 1),
            new LogRecord.Promise(new PartitionId(Integer.MAX_VALUE, 65_535), Long.MAX_VALUE),
            new LogRecord.Cut(new PartitionId(3, 4), 0),
            new LogRecord.Cut(new PartitionId(3, 4), Long.MAX_VALUE),
            new LogRecord.Paxos(new PaxosRecord.Promised(Samples.BALLOT)),
            new LogRecord.Paxos(new PaxosRecord.Accepted(7, Samples.BALLOT, new PaxosValue.NoOp())),
            new LogRecord.Paxos(
                    new PaxosRecord.Learned(8, new PaxosValue.Commands(List.of(Bytes.utf8("a"), Bytes.EMPTY)))),
            new LogRecord.Paxos(new PaxosRecord.Chosen(8)),
            new LogRecord.Registered(new Registration(new DiskId(-1, 7), 3, 2), "boot/0"),
            new LogRecord.Registered(Registration.fresh(new DiskId(0, 0)), ""),
            new LogRecord.Paxos(new PaxosRecord.SnapshotPart(
                    6, new Membership(List.of(Samples.MEMBER)), 1, 2, Bytes.utf8("the end"))));

    @Test
    void everyKindComesBackAsItWas() {
        for (LogRecord record : RECORDS) {
            assertThat(LogRecordCodec.decode(encode(record))).isEqualTo(record);
        }
    }

    @Test
    void recordsAreWrittenBehindEachOther() {
        ByteWriter writer = new ByteWriter(16);
        LogRecordCodec.encode(RECORDS.get(2), writer);
        int border = writer.length();
        LogRecordCodec.encode(RECORDS.get(4), writer);
        Bytes both = writer.toBytes();
        assertThat(LogRecordCodec.decode(both.slice(0, border))).isEqualTo(RECORDS.get(2));
        assertThat(LogRecordCodec.decode(both.slice(border, both.length()))).isEqualTo(RECORDS.get(4));
    }

    @Test
    void aRecordCutOffAnywhereIsMalformed() {
        for (LogRecord record : RECORDS) {
            Bytes bytes = encode(record);
            for (int length = 0; length < bytes.length(); length++) {
                Bytes part = bytes.slice(0, length);
                assertThatThrownBy(() -> LogRecordCodec.decode(part)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void anyFlippedBitIsFound() {
        for (LogRecord record : RECORDS) {
            byte[] bytes = encode(record).toArray();
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                assertThatThrownBy(() -> LogRecordCodec.decode(Bytes.wrap(flipped)))
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void unknownFormatsAndKindsAreNamed() {
        byte[] format = encode(RECORDS.get(2)).toArray();
        format[0] = 9;
        assertThatThrownBy(() -> LogRecordCodec.decode(Bytes.wrap(format))).hasMessageContaining("format 9");
        byte[] kind = encode(RECORDS.get(2)).toArray();
        kind[1] = 77;
        assertThatThrownBy(() -> LogRecordCodec.decode(Bytes.wrap(kind))).hasMessageContaining("kind 77");
    }

    @Test
    void fieldsOfLaterVersionsAreSkipped() {
        Bytes bytes = encode(RECORDS.get(2));
        ByteWriter writer =
                new ByteWriter(32).raw(bytes.slice(0, bytes.length() - 4)).varint(99);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(writer.array(), 0, writer.length());
        writer.fixed32((int) crc.getValue());
        assertThat(LogRecordCodec.decode(writer.toBytes())).isEqualTo(RECORDS.get(2));
    }

    @Test
    void anEntryIsKeptByteForByte() {
        LogRecord.Stored stored = (LogRecord.Stored) RECORDS.get(0);
        Bytes bytes = encode(stored);
        assertThat(bytes.slice(2, bytes.length())).isEqualTo(stored.entry().encoded());
        assertThat(new ByteReader(bytes).u8()).isEqualTo(1);
    }

    private static Bytes encode(LogRecord record) {
        ByteWriter writer = new ByteWriter(16);
        LogRecordCodec.encode(record, writer);
        return writer.toBytes();
    }
}
