package s5.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class VocabularyTest {
    @Test
    void specialsThenCountsThenTokens() {
        Vocabulary vocabulary =
                Vocabulary.of(Map.of("b", 5L, "a", 5L, "z", 9L, "rare", 1L, "<eos>", 99L), 2);
        assertEquals(List.of("<pad>", "<unk>", "<eos>", "z", "a", "b"), vocabulary.tokens());
        assertEquals(6, vocabulary.size());
        assertEquals(3, vocabulary.id("z"));
        assertEquals(Vocabulary.END_ID, vocabulary.id("<eos>"));
        assertEquals(Vocabulary.UNKNOWN_ID, vocabulary.id("rare"));
    }

    /** Python orders by code point: U+FF5E before U+1F600, whose surrogates sort below it. */
    @Test
    void tokensInOrderOfCodePoints() {
        String emoji = Character.toString(0x1F600);
        Vocabulary vocabulary = Vocabulary.of(Map.of(emoji, 1L, "\uFF5E", 1L), 1);
        assertEquals(List.of("\uFF5E", emoji), vocabulary.tokens().subList(3, 5));
    }

    @Test
    void givenIdsMustStartWithTheSpecialsAndNotRepeat() {
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary(List.of("a")));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Vocabulary(List.of("<pad>", "<unk>", "<eos>", "a", "a")));
    }
}
