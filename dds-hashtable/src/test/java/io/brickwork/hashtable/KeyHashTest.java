package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    private record Golden(int length, long hash) {}

    /**
     * Of the first so many bytes of 0, 1, 2, …: one for each way in which XXH3 treats a length. A change here makes
     * every table unreadable.
     */
    private static final List<Golden> GOLDEN = List.of(
            new Golden(0, 0x2D06800538D394C2L),
            new Golden(1, 0xC44BDFF4074EECDBL),
            new Golden(3, 0x5F4299FC161C9CBBL),
            new Golden(4, 0x60DAB036A58211F2L),
            new Golden(8, 0x3A1C2D7C85AF88F8L),
            new Golden(9, 0xE9612598145BB9DCL),
            new Golden(16, 0x8355E3A6F61770DBL),
            new Golden(17, 0x9EF341A99DE37328L),
            new Golden(128, 0x85C6174C7FF4C46BL),
            new Golden(129, 0xEC7642B431BA3E5AL),
            new Golden(240, 0x375A384D957FE865L),
            new Golden(241, 0x02E8CD95421C6D02L),
            new Golden(480, 0xF822D76A17A67546L));

    @Test
    void hashesOnDiskNeverChange() {
        for (Golden golden : GOLDEN) {
            assertThat(KeyHash.of(counting(golden.length())))
                    .as("%d bytes", golden.length())
                    .isEqualTo(golden.hash());
        }
    }

    @Test
    void theEmptyKeyHasTheHashThatXxh3IsPublishedWith() {
        assertThat(KeyHash.of(Bytes.EMPTY)).isEqualTo(0x2D06800538D394C2L);
    }

    @Test
    void aSliceHashesAsItsContent() {
        Bytes whole = counting(100);
        assertThat(KeyHash.of(whole.slice(10, 40)))
                .isEqualTo(KeyHash.of(whole.slice(10, 40).compact()));
    }

    @Test
    void aRecordKeyIsTheHashFollowedByTheKey() {
        Bytes key = Bytes.utf8("lemma");
        Bytes recordKey = KeyHash.recordKey(key);
        assertThat(recordKey.length()).isEqualTo(8 + 5);
        assertThat(recordKey.toString()).startsWith("%016x".formatted(KeyHash.of(key)));
        assertThat(KeyHash.key(recordKey)).isEqualTo(key);
    }

    private static Bytes counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return Bytes.wrap(bytes);
    }
}
