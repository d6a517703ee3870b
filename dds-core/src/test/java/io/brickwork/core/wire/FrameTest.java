package io.brickwork.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Effect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    private final FrameWriter writer = new FrameWriter();
    private final FrameReader reader = new FrameReader();

    @Test
    void messagesOfATurnTravelInOneFrame() {
        List<Message> messages = List.copyOf(Samples.messages().values());
        messages.forEach(writer::append);
        List<Bytes> frames = take();
        assertThat(frames).hasSize(1);
        assertThat(readAll(frames)).isEqualTo(messages);
    }

    @Test
    void nothingAppendedIsNoFrame() {
        assertThat(writer.isEmpty()).isTrue();
        assertThat(take()).isEmpty();
        writer.append(new LinkMessage.Ping(1));
        assertThat(writer.isEmpty()).isFalse();
        take();
        assertThat(writer.isEmpty()).isTrue();
        assertThat(writer.length()).isZero();
    }

    @Test
    void framesAreNumberedFromOneWithoutGaps() {
        for (int i = 1; i <= 300; i++) {
            writer.append(new LinkMessage.Ping(i));
            Bytes frame = take().get(0);
            ByteReader header = new ByteReader(frame);
            assertThat(header.u8()).isEqualTo(FrameWriter.FORMAT);
            assertThat(header.varint()).isEqualTo(i);
            assertThat(readAll(List.of(frame))).containsExactly(new LinkMessage.Ping(i));
        }
    }

    @Test
    void numbersOfDiscardedFramesAreGivenAgain() {
        writer.append(new LinkMessage.Ping(1));
        List<Bytes> first = take();
        for (int i = 0; i < 3; i++) {
            writer.append(answer(FrameWriter.SOFT_BYTES));
        }
        writer.append(new LinkMessage.Ping(2));
        writer.discard();
        assertThat(writer.isEmpty()).isTrue();
        writer.append(new LinkMessage.Ping(3));
        assertThat(readAll(first)).containsExactly(new LinkMessage.Ping(1));
        assertThat(readAll(take())).containsExactly(new LinkMessage.Ping(3));
    }

    @Test
    void largeTurnIsCutIntoSeveralFrames() {
        List<Message> messages = new ArrayList<>(Collections.nCopies(40, answer(60_000)));
        messages.forEach(writer::append);
        List<Bytes> frames = take();
        assertThat(frames)
                .hasSize(8)
                .allSatisfy(frame -> assertThat(frame.length()).isBetween(200_000, 320_000));
        assertThat(readAll(frames)).isEqualTo(messages);
    }

    @Test
    void messageThatWouldOverfillAFrameBeginsAnother() {
        List<Entry> entries = new ArrayList<>(Collections.nCopies(15, entry(Limits.VALUE_BYTES)));
        entries.add(entry(850_000));
        List<Message> messages =
                List.of(answer(250_000), new ReplicaMessage.Fetched(Samples.PARTITION, 7, entries), answer(250_000));
        messages.forEach(writer::append);
        List<Bytes> frames = take();
        assertThat(frames).hasSize(3);
        assertThat(frames.get(0).length() + frames.get(1).length()).isGreaterThan(Limits.FRAME_BYTES);
        assertThat(frames.get(1).length()).isLessThanOrEqualTo(Limits.FRAME_BYTES);
        assertThat(readAll(frames)).isEqualTo(messages);
    }

    @Test
    void messageTooLargeForAnyFrameIsABrokenInvariant() {
        assertThatThrownBy(() -> writer.append(fetched(16)))
                .isInstanceOf(Check.InvariantBroken.class)
                .hasMessageContaining("Fetched")
                .hasMessageContaining("the limit is " + Limits.FRAME_BYTES);
    }

    @Test
    void answerTooLargeForAnyFrameBecomesARefusalThatSaysSo() {
        Bytes tooMuch = Bytes.wrap(new byte[Limits.FRAME_BYTES]);
        writer.append(answer(100));
        writer.append(new CallMessage.Answer(7, Samples.PARTITION, Completion.Status.DONE, new Version(1, 1), tooMuch));
        writer.append(new CallMessage.Metadata(8, null, List.of(), tooMuch));
        writer.append(answer(200));
        List<Message> read = readAll(take());
        assertThat(read).hasSize(4);
        assertThat(read.get(1)).isInstanceOfSatisfying(CallMessage.Refusal.class, refusal -> {
            assertThat(refusal.ticket()).isEqualTo(7);
            assertThat(refusal.reason()).isEqualTo(CallMessage.Reason.TOO_LARGE);
            assertThat(refusal.detail()).contains("the limit is " + Limits.FRAME_BYTES);
        });
        assertThat(read.get(2))
                .isInstanceOfSatisfying(
                        CallMessage.Refusal.class,
                        refusal -> assertThat(refusal.ticket()).isEqualTo(8));
        assertThat(read.get(3)).isEqualTo(answer(200));
    }

    @Test
    void arrayThatGrewLargeIsGivenBack() {
        writer.append(fetched(7));
        assertThat(writer.finish().length).isGreaterThan(7 << 20);
        writer.clear();
        writer.append(new LinkMessage.Ping(1));
        assertThat(writer.finish().length).isLessThanOrEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {Limits.FRAME_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void claimOverTheLimitIsRefusedWithBothSizes(int claim) {
        assertThatThrownBy(() -> FrameReader.checkLength(claim, Limits.FRAME_BYTES))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("claims " + Integer.toUnsignedString(claim) + " bytes")
                .hasMessageContaining("the limit is " + Limits.FRAME_BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void claimTooSmallForAFrameIsRefused(int claim) {
        assertThatThrownBy(() -> FrameReader.checkLength(claim, Limits.FRAME_BYTES))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too short");
    }

    @Test
    void claimUpToTheLimitIsTaken() {
        assertThat(FrameReader.checkLength(Limits.FRAME_BYTES, Limits.FRAME_BYTES))
                .isEqualTo(Limits.FRAME_BYTES);
        assertThat(FrameReader.checkLength(2, 4096)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 255})
    void unknownFormatIsMalformed(int format) {
        Bytes frame = new ByteWriter(16).u8(format).varint(1).toBytes();
        assertThatThrownBy(() -> reader.begin(frame))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("frame format " + format + " is not known");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, -1, Long.MAX_VALUE})
    void frameWithAnotherNumberThanTheNextIsMalformed(long number) {
        reader.begin(frame(1));
        assertThatThrownBy(() -> reader.begin(frame(number)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("where frame 2 is due");
    }

    @Test
    void frameCutInItsHeaderIsMalformed() {
        Bytes header =
                new ByteWriter(16).u8(FrameWriter.FORMAT).varint(1L << 40).toBytes();
        for (int length = 0; length < header.length(); length++) {
            Bytes cut = header.slice(0, length);
            assertThatThrownBy(() -> new FrameReader().begin(cut)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void onlyAHelloIsReadWhereAHelloIsDue() {
        Message hello = Samples.messages().get("hello-client");
        writer.append(hello);
        reader.begin(take().get(0));
        assertThat(reader.onlyHello()).isEqualTo(hello);
        for (Message other : Samples.messages().values()) {
            if (!(other instanceof LinkMessage.Hello)) {
                FrameReader strict = new FrameReader();
                FrameWriter first = new FrameWriter();
                first.append(other);
                strict.begin(framesOf(first).get(0));
                assertThatThrownBy(strict::onlyHello)
                        .isInstanceOf(MalformedException.class)
                        .hasMessageContaining("not a Hello");
            }
        }
    }

    @Test
    void helloWithCompanyIsMalformed() {
        writer.append(Samples.messages().get("hello-client"));
        writer.append(new LinkMessage.Ping(1));
        reader.begin(take().get(0));
        assertThatThrownBy(reader::onlyHello).isInstanceOf(MalformedException.class);
    }

    @Test
    void emptyFrameIsNotAHello() {
        reader.begin(frame(1));
        assertThatThrownBy(reader::onlyHello).isInstanceOf(MalformedException.class);
    }

    private static Bytes frame(long number) {
        return new ByteWriter(16).u8(FrameWriter.FORMAT).varint(number).toBytes();
    }

    private static Message answer(int resultBytes) {
        return new CallMessage.Answer(
                1, Samples.PARTITION, Completion.Status.DONE, new Version(7, 1), Bytes.wrap(new byte[resultBytes]));
    }

    private static Message fetched(int entriesOfOneMebibyte) {
        return new ReplicaMessage.Fetched(
                Samples.PARTITION, 7, Collections.nCopies(entriesOfOneMebibyte, entry(Limits.VALUE_BYTES)));
    }

    private static Entry entry(int valueBytes) {
        return Samples.entry(new Version(7, 1), List.of(new Effect(Samples.KEY, Bytes.wrap(new byte[valueBytes]))));
    }

    private List<Bytes> take() {
        return framesOf(writer);
    }

    /** What a transport sees: the frames without their lengths. */
    private static List<Bytes> framesOf(FrameWriter writer) {
        Bytes stream = Bytes.copyOf(writer.finish()).slice(0, writer.length());
        writer.clear();
        List<Bytes> frames = new ArrayList<>();
        ByteReader cutter = new ByteReader(stream);
        while (cutter.remaining() > 0) {
            frames.add(cutter.raw(FrameReader.checkLength(cutter.fixed32(), Limits.FRAME_BYTES)));
        }
        return frames;
    }

    private List<Message> readAll(List<Bytes> frames) {
        List<Message> messages = new ArrayList<>();
        for (Bytes frame : frames) {
            reader.begin(frame);
            for (Message message = reader.next(); message != null; message = reader.next()) {
                messages.add(message);
            }
        }
        return messages;
    }
}
