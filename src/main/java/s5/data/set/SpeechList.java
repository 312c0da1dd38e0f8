package s5.data.set;

import s5.UserError;
import s5.config.Messages;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A list of Speech Commands: a line {@code WORD/NAME.wav} for each clip of a split.
 *
 * @param place where the list is, for messages
 * @param clips its lines
 */
record SpeechList(String place, List<String> clips) {
    /**
     * Reads a list; empty lines are skipped.
     *
     * @throws UserError that names the first line of another form
     */
    static SpeechList read(String place, byte[] content) {
        List<String> lines =
                new String(content, StandardCharsets.UTF_8).lines().map(String::strip).toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isEmpty() && !lines.get(i).matches("[^/]+/[^/]+\\.wav")) {
                throw new UserError(
                        "%s line %d: %s is not of the form WORD/NAME.wav; download it again"
                                .formatted(place, i + 1, Messages.quoted(lines.get(i))));
            }
        }
        return new SpeechList(place, lines.stream().filter(line -> !line.isEmpty()).toList());
    }

    /**
     * Checks that the clips of the list are there, apart from words that are missing as a whole.
     *
     * @throws UserError that names the first one missing
     */
    void check(Set<String> present) {
        Set<String> words =
                present.stream()
                        .map(name -> name.substring(0, name.indexOf('/')))
                        .collect(Collectors.toSet());
        for (int i = 0; i < clips.size(); i++) {
            String clip = clips.get(i);
            if (!present.contains(clip) && words.contains(clip.substring(0, clip.indexOf('/')))) {
                throw new UserError(
                        "%s: names %s, which is missing; the set is incomplete, download it again"
                                .formatted(place, Messages.quoted(clip)));
            }
        }
    }
}
