package io.brickwork.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteReaderWriterTest {
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "127, 7f",
        "128, 8001",
        "16383, ff7f",
        "16384, 808001",
        "4294967295, ffffffff0f",
        "9223372036854775807, ffffffffffffffff7f",
        "-9223372036854775808, 80808080808080808001",
        "-1, ffffffffffffffffff01"
    })
    void varintIsShortestAndComesBack(long value, String hex) {
        Bytes written = new ByteWriter(1).varint(value).toBytes();
        assertThat(written).hasToString(hex);
        assertThat(ByteWriter.varintBytes(value)).isEqualTo(written.length());
        ByteReader reader = new ByteReader(written);
        assertThat(reader.varint()).isEqualTo(value);
        assertThat(reader.remaining()).isZero();
    }

    @Test
    void varintOfEveryMagnitudeComesBack() {
        for (int bit = 0; bit < 64; bit++) {
            for (long value : new long[] {(1L << bit) - 1, 1L << bit, (1L << bit) + 1}) {
                Bytes written = new ByteWriter(1).varint(value).toBytes();
                assertThat(new ByteReader(written).varint()).isEqualTo(value);
                assertThat(ByteWriter.varintBytes(value)).isEqualTo(written.length());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffffffffffffffffff02", // bit 64
                "ffffffffffffffffff7f",
                "ffffffffffffffffff81", // an eleventh byte announced
                "ffffffffffffffffffffff01"
            })
    void varintOfMoreThan64BitsIsMalformed(String hex) {
        assertThatThrownBy(() -> reader(hex).varint())
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("longer than 64 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "ffff", "ffffffffffffffffff"})
    void varintThatEndsTooSoonIsMalformed(String hex) {
        assertThatThrownBy(() -> reader(hex).varint())
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("are left");
    }

    @Test
    void varintIsHeldAgainstItsRange() {
        assertThat(reader("05").varint("five", 5, 5)).isEqualTo(5);
        assertThatThrownBy(() -> reader("04").varint("five", 5, 5))
                .isInstanceOf(MalformedException.class)
                .hasMessage("five is 4, not from 5 to 5");
        assertThatThrownBy(() -> reader("ffffffffffffffffff01").varint("five", 0, Long.MAX_VALUE))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("five is -1");
        assertThatThrownBy(() -> reader("8080808008").varint32("int", 0, Integer.MAX_VALUE))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("2147483648");
    }

    @Test
    void fixedNumbersAreBigEndianAndComeBack() {
        Bytes written = new ByteWriter(1)
                .u8(0x1FF)
                .fixed32(0x80000001)
                .fixed64(Long.MIN_VALUE + 2)
                .toBytes();
        assertThat(written).hasToString("ff" + "80000001" + "8000000000000002");
        ByteReader reader = new ByteReader(written);
        assertThat(reader.peekU8()).isEqualTo(255);
        assertThat(reader.u8()).isEqualTo(255);
        assertThat(reader.fixed32()).isEqualTo(0x80000001);
        assertThat(reader.fixed64()).isEqualTo(Long.MIN_VALUE + 2);
        assertThatThrownBy(reader::u8).isInstanceOf(MalformedException.class);
        assertThatThrownBy(reader::peekU8).isInstanceOf(MalformedException.class);
    }

    @Test
    void fixedNumberThatEndsTooSoonIsMalformed() {
        assertThatThrownBy(() -> reader("010203").fixed32()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> reader("01020304050607").fixed64()).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 1L << 31, (1L << 32) + 3, -1, Long.MIN_VALUE})
    void lengthOverTheLimitIsMalformedBeforeAnythingIsTaken(long claim) {
        Bytes bytes = new ByteWriter(16).varint(claim).raw(Bytes.utf8("abcdef")).toBytes();
        assertThatThrownBy(() -> new ByteReader(bytes).bytes("key", 5))
                .isInstanceOf(MalformedException.class)
                .hasMessage("key claims " + Long.toUnsignedString(claim) + " bytes; the limit is 5");
        assertThatThrownBy(() -> new ByteReader(bytes).sized("body", 5)).isInstanceOf(MalformedException.class);
    }

    @Test
    void lengthWithinTheLimitButBeyondWhatIsThereIsMalformed() {
        Bytes bytes = new ByteWriter(16).varint(1 << 20).raw(Bytes.utf8("abc")).toBytes();
        Runnable read = () -> assertThatThrownBy(() -> new ByteReader(bytes).bytes("value", 1 << 20))
                .isInstanceOf(MalformedException.class);
        // Once unmeasured, since the JVM links what it meets for the first time.
        read.run();
        assertThat(Allocations.of(read)).isLessThan(1 << 20);
        assertThatThrownBy(() -> new ByteReader(bytes).sized("value", 1 << 20)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new ByteReader(bytes).raw(-1)).isInstanceOf(MalformedException.class);
    }

    @Test
    void countIsNoMoreThanCanBeThere() {
        assertThat(reader("03" + "000000000000").count("runs", 2)).isEqualTo(3);
        assertThatThrownBy(() -> reader("04" + "000000000000").count("runs", 2)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> reader("ffffffffffffffffff01").count("runs", 2))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void textIsUtf8AndItsCharactersAreCounted() {
        Bytes written = new ByteWriter(1).string("aß水\uD83D\uDE00").toBytes();
        assertThat(new ByteReader(written).string("text", 5)).isEqualTo("aß水\uD83D\uDE00");
        assertThatThrownBy(() -> new ByteReader(written).string("text", 4))
                .isInstanceOf(MalformedException.class)
                .hasMessage("text has 5 characters; the limit is 4");
        assertThatThrownBy(() -> new ByteReader(written).string("text", 2))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("claims 10 bytes");
    }

    @Test
    void boolIsZeroOrOne() {
        assertThat(reader("00").bool("flag")).isFalse();
        assertThat(reader("01").bool("flag")).isTrue();
        assertThatThrownBy(() -> reader("02").bool("flag"))
                .isInstanceOf(MalformedException.class)
                .hasMessage("flag is 2, neither 0 nor 1");
    }

    @Test
    void sizedRunIsReadApartFromWhatFollows() {
        ByteReader reader = reader("03" + "aabbcc" + "dd");
        ByteReader run = reader.sized("run", 10);
        assertThat(run.u8()).isEqualTo(0xaa);
        assertThat(reader.u8()).isEqualTo(0xdd);
        assertThat(run.remaining()).isEqualTo(2);
        assertThatThrownBy(() -> run.raw(3)).isInstanceOf(MalformedException.class);
    }

    /** A guess may be right, too small or too large, at every width of the length; the array may be full. */
    @Test
    void sizedRunHasTheShortestLengthWhateverWasExpected() {
        for (int runBytes : new int[] {0, 1, 127, 128, 129, 16_383, 16_384, 70_000}) {
            byte[] run = new byte[runBytes];
            for (int i = 0; i < runBytes; i++) {
                run[i] = (byte) (i * 31);
            }
            Bytes expected =
                    new ByteWriter(1).u8(1).bytes(Bytes.wrap(run)).u8(2).toBytes();
            for (int guess : new int[] {0, 127, 128, 16_384, 1 << 21}) {
                for (int capacity : new int[] {16, runBytes + 2, runBytes + 5, 2 * runBytes + 64}) {
                    ByteWriter writer = new ByteWriter(capacity).u8(1);
                    int begin = writer.beginSized(guess);
                    writer.raw(Bytes.wrap(run)).endSized(begin, guess);
                    assertThat(writer.u8(2).toBytes()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void patchAndTruncateStayWithinWhatWasWritten() {
        ByteWriter writer = new ByteWriter(64).fixed32(0).u8(9);
        writer.patchFixed32(0, 0x01020304);
        assertThat(writer.toBytes()).hasToString("0102030409");
        assertThatThrownBy(() -> writer.patchFixed32(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writer.patchFixed32(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writer.truncate(6)).isInstanceOf(IndexOutOfBoundsException.class);
        writer.truncate(2);
        assertThat(writer.u8(7).toBytes()).hasToString("010207");
        writer.clear();
        assertThat(writer.toBytes()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void writerGrowsFromAnyCapacity() {
        List<Bytes> parts = new ArrayList<>();
        ByteWriter writer = new ByteWriter(0);
        for (int i = 0; i < 200; i++) {
            Bytes part = Bytes.wrap(new byte[i]);
            parts.add(part);
            writer.bytes(part);
        }
        ByteReader reader = new ByteReader(writer.toBytes());
        for (Bytes part : parts) {
            assertThat(reader.bytes("part", 1000)).isEqualTo(part);
        }
        assertThat(reader.remaining()).isZero();
    }

    private static ByteReader reader(String hex) {
        return new ByteReader(Bytes.wrap(HexFormat.of().parseHex(hex)));
    }
}
