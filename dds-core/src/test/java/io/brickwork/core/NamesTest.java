package io.brickwork.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.structure.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " a",
                "a ",
                "\u00a0a",
                "a\nb",
                "a\tb",
                "a\u0000b",
                "a\u001b[31mb",
                "a\u007fb",
                "a\u0085b",
                "a\u2028b",
                "a\u202eb",
                "a\u200bb",
                "a\ufeffb",
                "a\ufffdb",
                "a\ud800b"
            })
    void aNameThatBreaksALineOrLooksLikeAnotherIsRefused(String name) {
        assertThatThrownBy(() -> Names.checkNew("structure", name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("structure name '")
                .hasMessageContaining("allowed are 1 to 200 characters")
                .message()
                .doesNotContain("\n", "\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "orders", "Bestellungen 2024", "ключ", "a/b", "\ud83e\uddf1", "a.b-c_d:e"})
    void otherNamesAreTaken(String name) {
        assertThat(Names.checkNew("structure", name)).isEqualTo(name);
    }

    @Test
    void lengthIsLimited() {
        assertThat(Names.checkNew("cluster", "x".repeat(200))).hasSize(200);
        assertThatThrownBy(() -> Names.checkNew("cluster", "x".repeat(201)))
                .hasMessageContaining("is 201 characters long");
    }

    @Test
    void anOldStructureWithAnOddNameIsStillFound() {
        assertThat(Catalog.find("a\nb")).isNotNull();
        assertThatThrownBy(() -> Catalog.create("a\nb", Catalog.STRUCTURE.spec()))
                .hasMessageContaining("has the character U+000A at place 2");
    }
}
