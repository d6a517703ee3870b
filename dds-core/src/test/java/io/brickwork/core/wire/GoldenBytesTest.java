package io.brickwork.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.message.Message;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.MapRecords;
import io.brickwork.core.structure.StructureSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The formats byte for byte: what bricks of different versions send each other, and what disks hold. A difference here
 * means that others can no longer be understood, unless a field was added at an end.
 *
 * <p>{@code mvn -o -q -pl dds-core test -Dtest=GoldenBytesTest -Dgolden.update=true} writes the file anew; look at its
 * diff.
 */
class GoldenBytesTest {
    private static final Path FILE = Path.of("src/test/resources/io/brickwork/core/wire/formats.txt");

    @Test
    void formatsAreWhatTheyWere() throws IOException {
        Map<String, Bytes> made = make();
        if (Boolean.getBoolean("golden.update")) {
            StringBuilder text = new StringBuilder();
            made.forEach((name, bytes) ->
                    text.append(name).append(' ').append(hex(bytes)).append('\n'));
            Files.writeString(FILE, text);
        }
        List<String> lines = made.entrySet().stream()
                .map(entry -> entry.getKey() + " " + hex(entry.getValue()))
                .toList();
        assertThat(lines).isEqualTo(Files.readAllLines(FILE));
    }

    /** The file stands for bytes that were sent long ago: they are still understood. */
    @Test
    void bytesOfTheFileAreStillUnderstood() throws IOException {
        int read = 0;
        for (String line : Files.readAllLines(FILE)) {
            String name = line.substring(0, line.indexOf(' '));
            Bytes bytes = Bytes.wrap(HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1)));
            if (Samples.messages().containsKey(name)) {
                assertThat(WireCodec.decode(bytes))
                        .as(name)
                        .isEqualTo(Samples.messages().get(name));
                read++;
            } else if (Samples.entries().containsKey(name)) {
                assertThat(EntryCodec.decode(bytes))
                        .as(name)
                        .isEqualTo(Samples.entries().get(name));
                read++;
            }
        }
        assertThat(read).isEqualTo(Samples.messages().size() + Samples.entries().size());
    }

    /** A Prepare from before it said how long its caller took. */
    @Test
    void aPrepareThatEndsWithItsPartIsUnderstood() {
        Message prepare = Samples.messages().get("prepare-transaction");
        Bytes bytes = WireCodec.encode(prepare);
        ByteReader reader = new ByteReader(bytes);
        int type = reader.u8();
        int length = (int) reader.varint();
        Bytes shorter = reader.raw(length - 1);
        assertThat(WireCodec.decode(new ByteWriter(256).u8(type).bytes(shorter).toBytes()))
                .isEqualTo(prepare);
    }

    private static Map<String, Bytes> make() {
        Map<String, Bytes> made = new LinkedHashMap<>();
        Samples.messages().forEach((name, message) -> made.put(name, WireCodec.encode(message)));
        Samples.entries().forEach((name, entry) -> made.put(name, entry.encoded()));
        FrameWriter frames = new FrameWriter();
        frames.append(Samples.messages().get("ping"));
        frames.append(Samples.messages().get("goodbye"));
        made.put("frame", Bytes.copyOf(frames.finish()).slice(0, frames.length()));
        StructureSpec spec = new StructureSpec(
                "hashtable", "string/1", "bytes/1", 16, 3, Durability.REPLICATED, Replication.TWO_PHASE);
        Bytes create = Catalog.create("orders", spec).body();
        made.put("catalog-create", create);
        made.put("catalog-find", Catalog.find("orders").body());
        made.put("catalog-list", Catalog.list().body());
        MapRecords records = new MapRecords();
        records.evaluate(Catalog.TYPE, create);
        records.scan(Bytes.EMPTY, (key, value) -> {
            made.put("catalog-record-" + key.toUtf8() + "-key", key);
            made.put("catalog-record-" + key.toUtf8() + "-value", value);
            return true;
        });
        return made;
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
