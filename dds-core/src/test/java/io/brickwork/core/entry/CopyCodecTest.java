package io.brickwork.core.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CopyCodecTest {
    private static final PartitionId PARTITION = new PartitionId(3, 5);
    private static final Version VERSION = new Version(7, 1L << 40);
    private static final SessionId SESSION = new SessionId(1, 2);
    private static final SessionId LATER_SESSION = new SessionId(-1, 2);

    @Test
    void chunkComesBackAsItWas() {
        for (TableChunk.@Nullable Cursor next : new TableChunk.@Nullable Cursor[] {
            null,
            TableChunk.Cursor.START,
            new TableChunk.Cursor.Records(Bytes.utf8("b")),
            new TableChunk.Cursor.Sessions(null),
            new TableChunk.Cursor.Sessions(LATER_SESSION)
        }) {
            TableChunk chunk = chunk(next);
            TableChunk read = CopyCodec.decode(PARTITION, CopyCodec.encode(PARTITION, chunk));
            assertThat(read.applied()).isEqualTo(VERSION);
            assertThat(read.next()).isEqualTo(next);
            assertThat(read.records()).isEqualTo(chunk.records());
            assertThat(read.sessions()).extracting(SessionRow::session).containsExactly(SESSION, LATER_SESSION);
            assertThat(read.sessions().getFirst().lowWater()).isEqualTo(41);
            assertThat(read.sessions().getFirst().completions())
                    .isEqualTo(chunk.sessions().getFirst().completions());
        }
    }

    @Test
    void emptyChunkAndLongestRowsComeBack() {
        TableChunk empty = new TableChunk(Version.NONE, List.of(), List.of(), null);
        assertThat(CopyCodec.decode(PARTITION, CopyCodec.encode(PARTITION, empty)))
                .isEqualTo(empty);
        TableChunk large = new TableChunk(
                VERSION,
                List.of(new TableChunk.Row(
                        Bytes.wrap(new byte[Limits.RECORD_KEY_BYTES]),
                        new TableRecord(VERSION, Bytes.wrap(new byte[Limits.VALUE_BYTES])))),
                List.of(),
                null);
        assertThat(CopyCodec.decode(PARTITION, CopyCodec.encode(PARTITION, large))
                        .equals(large))
                .isTrue();
    }

    /** So that a chunk of which the reader thinks that it is full enough is. */
    @Test
    void chunkTakesNoMoreThanItsRowsAreSaidTo() {
        TableChunk chunk = chunk(new TableChunk.Cursor.Records(Bytes.wrap(new byte[Limits.RECORD_KEY_BYTES])));
        long said = CopyCodec.bytesOf(chunk);
        assertThat((long) CopyCodec.encode(PARTITION, chunk).length()).isLessThanOrEqualTo(said);
    }

    @Test
    void everyFlippedBitIsFound() {
        Bytes bytes = CopyCodec.encode(PARTITION, chunk(new TableChunk.Cursor.Records(Bytes.utf8("b"))));
        for (int bit = 0; bit < 8 * bytes.length(); bit++) {
            byte[] damaged = bytes.toArray();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refuses(Bytes.wrap(damaged), PARTITION.toString());
        }
    }

    @Test
    void everyTruncationIsFound() {
        Bytes bytes = CopyCodec.encode(PARTITION, chunk(null));
        for (int length = 0; length < bytes.length(); length++) {
            refuses(bytes.slice(0, length), "chunk");
        }
    }

    /** The checksum is right, what it covers is cut: the bounds hold without it. */
    @Test
    void everySealedTruncationIsFound() {
        Bytes bytes = CopyCodec.encode(PARTITION, chunk(new TableChunk.Cursor.Sessions(SESSION)));
        for (int length = 0; length < bytes.length() - 4; length++) {
            refuses(sealed(bytes.slice(0, length)), "");
        }
    }

    @Test
    void chunkOfAnotherPartitionIsRefused() {
        Bytes bytes = CopyCodec.encode(PARTITION, chunk(null));

        assertThatThrownBy(() -> CopyCodec.decode(new PartitionId(3, 6), bytes))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("3/6");
    }

    @Test
    void keysAndSessionsOutOfOrderAreRefused() {
        TableChunk.Row row = row("b", "1");
        refuses(
                CopyCodec.encode(PARTITION, chunk(List.of(row, row("a", "2")), List.of())),
                "record 61 follows record 62");
        refuses(CopyCodec.encode(PARTITION, chunk(List.of(row, row), List.of())), "record 62 follows record 62");
        SessionRow session = new SessionRow(SESSION);
        refuses(
                CopyCodec.encode(PARTITION, chunk(List.of(), List.of(new SessionRow(LATER_SESSION), session))),
                "session " + SESSION);
        refuses(CopyCodec.encode(PARTITION, chunk(List.of(), List.of(session, session))), "session " + SESSION);
    }

    @Test
    void claimsBeyondTheirLimitsAreRefusedBeforeAnythingIsAllocated() {
        refuses(sealed(begin().varint(1L << 31).toBytes()), "records");
        refuses(sealed(begin().varint(3).fixed64(0).toBytes()), "records is 3");
        refuses(
                sealed(begin().varint(1)
                        .varint(Limits.RECORD_KEY_BYTES + 1)
                        .raw(Bytes.wrap(new byte[600]))
                        .toBytes()),
                "record key claims 497");
        refuses(
                sealed(begin().varint(1)
                        .varint(0)
                        .varint(1)
                        .varint(1)
                        .varint(Limits.VALUE_BYTES + 1)
                        .toBytes()),
                "value claims");
        refuses(sealed(begin().varint(0).varint(1L << 40).toBytes()), "sessions");
        refuses(
                sealed(begin().varint(0)
                        .varint(1)
                        .fixed64(1)
                        .fixed64(2)
                        .varint(1000)
                        .u8(1)
                        .toBytes()),
                "session row claims 1000");
    }

    @Test
    void rowOfAnotherSessionIsRefused() {
        ByteWriter row = new ByteWriter(16);
        TableCodec.encodeSession(row, PARTITION, new SessionRow(SESSION));
        Bytes bytes = sealed(begin().varint(0)
                .varint(1)
                .fixed64(9)
                .fixed64(9)
                .bytes(row.toBytes())
                .toBytes());

        refuses(bytes, new SessionId(9, 9).toString());
    }

    @Test
    void formatsAndKindsThatNobodyKnowsAreNamed() {
        refuses(sealed(new ByteWriter(16).u8(2).fixed64(0).toBytes()), "format 2");
        refuses(
                sealed(new ByteWriter(16)
                        .u8(1)
                        .varint(1)
                        .varint(1)
                        .bool(false)
                        .u8(2)
                        .bool(false)
                        .fixed64(0)
                        .toBytes()),
                "kind 2");
        refuses(
                sealed(new ByteWriter(16)
                        .u8(1)
                        .varint(1)
                        .varint(1)
                        .u8(2)
                        .fixed64(0)
                        .toBytes()),
                "last chunk is 2");
        refuses(
                sealed(new ByteWriter(16)
                        .u8(1)
                        .varint(-1)
                        .varint(1)
                        .u8(1)
                        .fixed64(0)
                        .toBytes()),
                "epoch is -1");
    }

    @Test
    void whatLaterVersionsAddIsSkipped() {
        Bytes bytes = CopyCodec.encode(PARTITION, chunk(null));
        Bytes longer = sealed(bytes.slice(0, bytes.length() - 4).concat(Bytes.utf8("more")));

        assertThat(CopyCodec.decode(PARTITION, longer).records())
                .isEqualTo(chunk(null).records());
    }

    @Test
    void cursorsComeBackAsTheyWere() {
        for (TableChunk.Cursor cursor : List.of(
                TableChunk.Cursor.START,
                new TableChunk.Cursor.Records(Bytes.EMPTY),
                new TableChunk.Cursor.Records(Bytes.wrap(new byte[Limits.RECORD_KEY_BYTES])),
                new TableChunk.Cursor.Sessions(null),
                new TableChunk.Cursor.Sessions(LATER_SESSION))) {
            ByteWriter writer = new ByteWriter(16);
            CopyCodec.encodeCursor(writer, cursor);
            ByteReader reader = new ByteReader(writer.toBytes());
            assertThat(CopyCodec.decodeCursor(reader)).isEqualTo(cursor);
            assertThat(reader.remaining()).isZero();
            for (int length = 0; length < writer.length(); length++) {
                Bytes cut = writer.toBytes().slice(0, length);
                assertThatThrownBy(() -> CopyCodec.decodeCursor(new ByteReader(cut)))
                        .isInstanceOf(MalformedException.class);
            }
        }
        Bytes tooLong =
                new ByteWriter(600).u8(0).u8(1).bytes(Bytes.wrap(new byte[497])).toBytes();
        assertThatThrownBy(() -> CopyCodec.decodeCursor(new ByteReader(tooLong)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("497");
    }

    private static void refuses(Bytes bytes, String named) {
        assertThatThrownBy(() -> CopyCodec.decode(PARTITION, bytes))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(named);
    }

    /** A chunk up to its records. */
    private static ByteWriter begin() {
        return new ByteWriter(64).u8(1).varint(1).varint(1).bool(true);
    }

    private static Bytes sealed(Bytes body) {
        CRC32C crc = new CRC32C();
        Bytes covered = TableCodec.partitionKey(PARTITION).concat(body);
        crc.update(covered.toArray(), 0, covered.length());
        return new ByteWriter(64).raw(body).fixed32((int) crc.getValue()).toBytes();
    }

    private static TableChunk.Row row(String key, String value) {
        return new TableChunk.Row(Bytes.utf8(key), new TableRecord(VERSION, Bytes.utf8(value)));
    }

    private static TableChunk chunk(List<TableChunk.Row> records, List<SessionRow> sessions) {
        return new TableChunk(VERSION, records, sessions, null);
    }

    private static TableChunk chunk(TableChunk.@Nullable Cursor next) {
        Completion done =
                new Completion(new OperationId(SESSION, 42), VERSION, Completion.Status.DONE, Bytes.utf8("result"));
        Completion rejected =
                new Completion(new OperationId(SESSION, 50), VERSION, Completion.Status.REJECTED, Bytes.EMPTY);
        return new TableChunk(
                VERSION,
                List.of(row("", "1"), row("a", ""), row("b", "two")),
                List.of(new SessionRow(SESSION, 41, List.of(done, rejected), List.of()), new SessionRow(LATER_SESSION)),
                next);
    }
}
