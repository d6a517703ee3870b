package io.brickwork.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordNetTest {
    private static final WordNet WORDS = WordNet.load();

    @Test
    void hasAboutAHundredAndFiftyThousandWords() {
        assertThat(WORDS.size()).isBetween(140_000, 160_000);
    }

    @Test
    void everyWordHasAMeaning() {
        WORDS.forEach((lemma, word) -> assertThat(word.parts())
                .as(lemma)
                .isNotEmpty()
                .allSatisfy(part -> assertThat(part.meanings()).isNotEmpty().noneMatch(String::isBlank)));
    }

    @Test
    void aWordHasAllItsPartsOfSpeech() {
        Word brick = WORDS.word("brick");
        assertThat(brick.parts()).extracting(Word.Part::name).containsExactly("noun");
        assertThat(brick.asNoun()).contains("rectangular block of clay baked by the sun or in a kiln");
        assertThat(WORDS.word("fast").parts())
                .extracting(Word.Part::name)
                .containsExactly("noun", "verb", "adjective", "adverb");
    }

    @Test
    void wordsOfSeveralWordsHaveBlanks() {
        assertThat(WORDS.contains("kola nut")).isTrue();
        assertThat(WORDS.contains("kola_nut")).isFalse();
    }

    @Test
    void aWordThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> WORDS.word("brickworkish")).hasMessageContaining("brickworkish");
    }
}
