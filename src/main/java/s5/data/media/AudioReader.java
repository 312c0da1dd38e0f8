package s5.data.media;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.RawFile;
import s5.data.format.Sound;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads recordings, several at once on all cores, and brings them to one rate. */
final class AudioReader implements RawReader {
    private static final int LARGEST = 1 << 30;

    /** Files that are decoded at once, and bytes of them. */
    private static final int AT_ONCE = 64;

    private static final long BYTES_AT_ONCE = 1L << 25;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What all recordings are brought to.
     *
     * @param rate samples a second
     * @param channels 1, or those of the training files
     */
    record Form(int rate, int channels) {}

    /** A file, and what is known of it. */
    private record Clip(Input input, String id, String label, String group) {}

    private final Audio.Settings settings;
    private final List<Clip> clips;
    private final Form form;
    private final List<String> notes;
    private final Map<Integer, Integer> resampled = new TreeMap<>(); // rates, and how many files
    private int mixed;
    private int next;
    private final Deque<RawSequence> ready = new ArrayDeque<>();

    private AudioReader(Audio.Settings settings, List<Clip> clips, Form form, List<String> notes) {
        this.settings = settings;
        this.clips = clips;
        this.form = form;
        this.notes = notes;
    }

    static AudioReader toTrain(Audio.Settings settings, List<Input> inputs) {
        List<String> notes = new ArrayList<>();
        Metadata metadata =
                Metadata.read(inputs, settings.label(), settings.keys().splitBy(), notes);
        if (metadata.isEmpty() && !settings.keys().splitBy().equals(OwnKeys.NONE)) {
            throw new UserError("data.split_by: names a column of metadata.csv, and there is none");
        }
        Set<String> wanted =
                Stream.of(settings.classes().split(","))
                        .map(String::strip)
                        .collect(Collectors.toSet());
        boolean all = wanted.contains(OwnKeys.NONE);
        Map<String, Integer> left = new TreeMap<>();
        List<Clip> clips = new ArrayList<>();
        for (Input input : inputs) {
            Path file = input.file();
            if (Metadata.is(file)) {
                continue;
            }
            Metadata.Row row = metadata.of(file);
            if (row == null && metadata.covers(file)) {
                left.merge("not in metadata.csv", 1, Integer::sum);
                continue;
            }
            String label = row == null ? Folders.label(file) : row.label();
            if (!all && !wanted.contains(label)) {
                left.merge("class %s is not in data.classes".formatted(label), 1, Integer::sum);
                continue;
            }
            String id = Folders.label(file) + "/" + file.getFileName();
            clips.add(new Clip(input, id, label, row == null ? null : row.group()));
        }
        left.forEach((why, count) ->
                notes.add("%,d recordings left out: %s".formatted(count, Messages.plain(why))));
        if (!all) {
            for (String name : wanted) {
                if (clips.stream().noneMatch(clip -> name.equals(clip.label))) {
                    throw new UserError(
                            "data.classes: there is no recording of class %s%s"
                                    .formatted(
                                            Messages.quoted(name),
                                            Messages.didYouMean(name, labels(inputs))));
                }
            }
        }
        if (clips.isEmpty()) {
            throw new UserError("data.files: no recording is left to train on");
        }
        return new AudioReader(settings, clips, form(settings, clips), notes);
    }

    private static List<String> labels(List<Input> inputs) {
        return inputs.stream().map(i -> Folders.label(i.file())).distinct().sorted().toList();
    }

    static AudioReader toPredict(Audio.Settings settings, Folders files, Preparation fitted) {
        Form form;
        try {
            form = JSON.readValue(fitted.reader(), Form.class);
        } catch (JsonProcessingException e) {
            throw new UserError(
                    "the checkpoint is damaged: it does not say which rate it takes", e);
        }
        if (form == null || form.rate < 1 || form.channels < 1) {
            throw new UserError("the checkpoint is damaged: it does not say which rate it takes");
        }
        List<Clip> clips =
                files.inputs().stream()
                        .map(input -> new Clip(input, input.file().toString(), null, null))
                        .toList();
        return new AudioReader(settings, clips, form, new ArrayList<>(files.leftOut()));
    }

    /** The rate that most training files have, of several the highest; channels of the first. */
    private static Form form(Audio.Settings settings, List<Clip> clips) {
        Sound first =
                Sound.read(clips.getFirst().input.file().toString(), content(clips.getFirst()));
        int channels = settings.mono() ? 1 : first.channels();
        if (settings.rate() > 0) {
            return new Form(settings.rate(), channels);
        }
        Map<Integer, Long> rates = new HashMap<>();
        for (Clip clip : clips) {
            rates.merge(rate(clip), 1L, Long::sum);
        }
        int rate =
                rates.entrySet().stream()
                        .max(
                                Map.Entry.<Integer, Long>comparingByValue()
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .orElseThrow()
                        .getKey();
        return new Form(rate, channels);
    }

    private static int rate(Clip clip) {
        Path file = clip.input.file();
        try (InputStream in = RawFile.open(file)) {
            int rate = Sound.rate(in.readNBytes(1 << 12));
            return rate > 0 ? rate : Sound.read(file.toString(), content(clip)).rate();
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    private static byte[] content(Clip clip) {
        Path file = clip.input.file();
        try (InputStream in = RawFile.open(file)) {
            byte[] content = in.readNBytes(LARGEST + 1);
            if (content.length > LARGEST) {
                throw new UserError(file + ": has more than 1 GiB; cut it into pieces");
            }
            return content;
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    @Override
    public List<String> inputs() {
        return form.channels == 1
                ? List.of("sound")
                : IntStream.rangeClosed(1, form.channels).mapToObj(c -> "channel " + c).toList();
    }

    @Override
    public boolean single() {
        return true;
    }

    @Override
    public String kept() {
        try {
            return JSON.writeValueAsString(form);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public RawSequence next() {
        if (ready.isEmpty() && next < clips.size()) {
            int from = next;
            long bytes = 0;
            while (next < clips.size() && next - from < AT_ONCE && bytes < BYTES_AT_ONCE) {
                bytes += size(clips.get(next++));
            }
            clips.subList(from, next).parallelStream().map(this::read).toList().forEach(ready::add);
        }
        return ready.poll();
    }

    private static long size(Clip clip) {
        try {
            return Files.size(clip.input.file());
        } catch (IOException e) {
            throw RawFile.damaged(clip.input.file(), e);
        }
    }

    private RawSequence read(Clip clip) {
        String place = clip.input.file().toString();
        Sound sound = Sound.read(place, content(clip));
        count(sound);
        if (settings.mono()) {
            sound = sound.mono();
        }
        if (sound.channels() != form.channels) {
            throw new UserError(
                    "%s: has %d channels where %s %d; set data.mono=true, or convert it"
                            .formatted(place, sound.channels(), "the others have", form.channels));
        }
        float[] samples = sound.at(form.rate).samples();
        double factor = factor(samples);
        double[] values = new double[samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = samples[i] * factor;
        }
        RawSequence raw =
                RawSequence.ofNumbers(clip.id, place, values.length / form.channels, values)
                        .in(clip.input.part())
                        .of(clip.group);
        return clip.label == null ? raw : raw.labelled(clip.label);
    }

    private synchronized void count(Sound sound) {
        if (sound.rate() != form.rate) {
            resampled.merge(sound.rate(), 1, Integer::sum);
        }
        mixed += settings.mono() && sound.channels() > 1 ? 1 : 0;
    }

    /** What makes a recording as loud as the settings say; silence stays silent. */
    private double factor(float[] samples) {
        double peak = 0;
        double squares = 0;
        for (float sample : samples) {
            peak = Math.max(peak, Math.abs(sample));
            squares += (double) sample * sample;
        }
        if (peak == 0) {
            return 1;
        }
        return switch (settings.level()) {
            case KEEP -> 1;
            case PEAK -> 1 / peak;
            case RMS -> 1 / Math.sqrt(squares / samples.length);
        };
    }

    @Override
    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (clips.getFirst().label == null && clips.getFirst().group == null) {
            return all; // to predict, where any rate will do
        }
        int changed = resampled.values().stream().mapToInt(Integer::intValue).sum();
        if (changed > 0) {
            all.add(
                    "%,d of %,d recordings are resampled to %,d a second, from %s"
                            .formatted(
                                    changed,
                                    clips.size(),
                                    form.rate,
                                    resampled.entrySet().stream()
                                            .sorted(
                                                    Map.Entry.<Integer, Integer>comparingByValue(
                                                            Comparator.reverseOrder()))
                                            .limit(5)
                                            .map(e ->
                                                    "%,d (%,d)".formatted(e.getKey(), e.getValue()))
                                            .collect(Collectors.joining(" and "))));
        }
        if (mixed > 0) {
            all.add(
                    "%,d of %,d recordings have several channels, of which the mean is taken"
                            .formatted(mixed, clips.size()));
        }
        return all;
    }

    @Override
    public void close() {
        // every file is closed when it has been read
    }
}
