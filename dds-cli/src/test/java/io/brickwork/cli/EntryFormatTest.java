package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.cli.EntryFormat.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntryFormatTest {
    private static final String[] PIECES = {
        "",
        "a",
        "ключ",
        "\ufeff",
        "\ufffd",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\"",
        "\"\"",
        ",",
        "'",
        "\\",
        "#",
        " ",
        "  ",
        "\u0000",
        "\u001b",
        "\u007f",
        "\u0085",
        "\u2028",
        "\u00a0",
        "\ud83e\uddf1",
        "{\"key\":",
        "\\u0041",
        "\\n",
        "=1",
        "<"
    };

    @ParameterizedTest
    @EnumSource(EntryFormat.class)
    void whatIsWrittenIsReadAgainAsTheSame(EntryFormat format) throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            List<Map.Entry<String, String>> entries = new ArrayList<>();
            StringBuilder file = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                Map.Entry<String, String> entry = Map.entry(text(random), text(random));
                try {
                    file.append(
                            file.isEmpty()
                                    ? format.writeFirst(entry.getKey(), entry.getValue())
                                    : format.write(entry.getKey(), entry.getValue()));
                    entries.add(entry);
                } catch (CommandFailed refused) {
                    assertThat(format).isEqualTo(EntryFormat.TSV);
                }
            }
            assertThat(read(format, file.toString())).as("%s", file).isEqualTo(entries);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(EntryFormat.class)
    void blankLinesAndAByteOrderMarkMeanNothing(EntryFormat format) throws IOException {
        String a = format.write("a", "1").strip();
        String b = format.write("b", "2").strip();
        for (String end : List.of("\n", "\r\n", "\r")) {
            String file = "\ufeff" + end + a + end + end + "  " + end + b + end + end;
            assertThat(read(format, file)).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
        }
        assertThat(read(format, a + "\n" + b)).as("without an end of line").hasSize(2);
        assertThat(read(format, "\ufeff")).isEmpty();
    }

    @Test
    void whatIsNoEntryIsNamedByItsLineAfterAllThatComesBefore() throws IOException {
        refuses(EntryFormat.TSV, "a\t1\n\nno tab\nb\t2\n", 1, "line 3 of some.file is not 'key<TAB>value': no tab");
        refuses(EntryFormat.TSV, "\tvalue\n", 0, "line 1 of some.file");
        refuses(EntryFormat.CSV, "\"a\n1\",\"x\ny\"\n\nb\n", 1, "line 5 of some.file is not of two columns: b");
        refuses(EntryFormat.CSV, "a,1\nb,\"2\nc,3\n", 1, "begins in line 2 of some.file is not CSV: a quotation mark");
        refuses(EntryFormat.CSV, "a,1\n\"b\"x,2\n", 1, "begins in line 2 of some.file is not CSV");
        for (String line : List.of(
                "{\"key\":\"a\"}",
                "{\"key\":1,\"value\":\"b\"}",
                "{\"key\":\"a\",\"value\":null}",
                "{\"key\":\"a\",\"value\":\"b\",\"key\":\"c\"}",
                "{\"key\":\"a\",\"value\":\"b\",\"more\":\"c\"}",
                "{\"key\":\"a\",\"value\":\"b\"} x",
                "{key:a,value:b}",
                "[]",
                "null",
                "{\"key\":\"a\",\"value\":\"b\"")) {
            refuses(EntryFormat.JSONL, "{\"key\":\"x\",\"value\":\"y\"}\n" + line, 1, "line 2 of some.file is not {");
        }
    }

    @ParameterizedTest
    @EnumSource(EntryFormat.class)
    void bytesThatAreNotUtf8AreNamedByLineAndByteAfterAllThatComesBefore(EntryFormat format) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(format.write("a", "1").getBytes(StandardCharsets.UTF_8));
        file.writeBytes(format.write("b", "2").getBytes(StandardCharsets.UTF_8));
        file.writeBytes(new byte[] {'g', 'r', (byte) 0xfc, 'n', '\n'});
        refuses(format, file.toByteArray(), 2, "some.file is not in UTF-8: byte 3 of line 3 is 0xfc");
        refuses(
                format,
                "a\t1\n".getBytes(StandardCharsets.UTF_16),
                0,
                "some.file is not in UTF-8: byte 1 of line 1 is 0xfe (it looks like UTF-16");
        // An unpaired surrogate, and a character that ends too early.
        refuses(format, new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, "byte 1 of line 1 is 0xed");
        refuses(format, new byte[] {'a', (byte) 0xd0}, 0, "byte 2 of line 1 is 0xd0");
    }

    private static List<Map.Entry<String, String>> read(EntryFormat format, String file) throws IOException {
        EntryFormat.Entries entries = open(format, file.getBytes(StandardCharsets.UTF_8));
        List<Map.Entry<String, String>> read = new ArrayList<>();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            read.add(Map.entry(entry.key(), entry.value()));
        }
        return read;
    }

    private static void refuses(EntryFormat format, String file, int before, String message) throws IOException {
        refuses(format, file.getBytes(StandardCharsets.UTF_8), before, message);
    }

    private static void refuses(EntryFormat format, byte[] file, int before, String message) throws IOException {
        EntryFormat.Entries entries = open(format, file);
        for (int i = 0; i < before; i++) {
            assertThat(entries.next()).isNotNull();
        }
        assertThatThrownBy(entries::next).isInstanceOf(CommandFailed.class).hasMessageContaining(message);
    }

    private static EntryFormat.Entries open(EntryFormat format, byte[] file) throws IOException {
        return format.read(new Utf8Lines(new ByteArrayInputStream(file), "some.file"), "some.file");
    }
}
