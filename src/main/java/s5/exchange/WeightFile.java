package s5.exchange;

import s5.UserError;
import s5.io.Npz;
import s5.io.Safetensors;
import s5.io.Safetensors.Array;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Files of tensors by name: safetensors, or numpy's .npz. */
public final class WeightFile {
    /** What is complex among a model's parameters: (..., 2) holds real and imaginary part. */
    private static final Pattern COMPLEX = Pattern.compile("(.*/)?(B|C|C1|C2)");

    private WeightFile() {}

    /**
     * {@return the end of a file's name, in small letters: {@code .npz}; empty when it has none}
     */
    static String suffix(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 1 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a file.
     *
     * @param file with a name that ends in {@code .npz}, or else a safetensors file
     * @return its arrays as float32, complex ones with a last dimension of 2
     * @throws UserError when it is missing or damaged
     */
    public static Map<String, Array> read(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserError(file + ": is a folder; name a .safetensors or .npz file");
        }
        return suffix(file).equals(".npz") ? Npz.read(file) : Safetensors.read(file).arrays();
    }

    /**
     * Writes a file that is not there yet.
     *
     * @param file with a name that ends in {@code .safetensors} or {@code .npz}
     * @param metadata of a safetensors file; .npz has none
     * @param tensors by name
     * @param complex whether B and C are written as complex64 instead of pairs
     * @throws UserError when it is there, has another ending, or cannot be written
     */
    public static void write(
            Path file, Map<String, String> metadata, Map<String, Array> tensors, boolean complex) {
        mustBeNew(file);
        Set<String> names =
                tensors.keySet().stream()
                        .filter(name -> complex && COMPLEX.matcher(name).matches())
                        .collect(Collectors.toSet());
        switch (suffix(file)) {
            case ".safetensors" -> new Safetensors(metadata, tensors).write(file, names);
            case ".npz" -> Npz.write(file, tensors, names);
            default ->
                    throw new UserError(
                            file + ": its name has to end in .safetensors, .npz or .onnx");
        }
    }

    /**
     * Demands that a name is free: what stands there may be the only copy of a model.
     *
     * @param file to be written
     * @throws UserError when there is something of that name
     */
    public static void mustBeNew(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserError(file + ": is there already; name another file, or remove it");
        }
    }
}
