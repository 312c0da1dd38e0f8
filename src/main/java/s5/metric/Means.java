package s5.metric;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an evaluation comes to in numbers, as the process that has added it all up tells the others.
 *
 * @param loss mean over the answers that count
 * @param accuracy the share that is right, or minus the squared error
 * @param majority the share of the most frequent label; 0 in regression
 * @param metrics all others, in their order
 */
public record Means(double loss, double accuracy, double majority, Map<String, Double> metrics) {

    /** {@return all of it as a message} */
    public byte[] message() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeDouble(loss);
            out.writeDouble(accuracy);
            out.writeDouble(majority);
            out.writeInt(metrics.size());
            for (Map.Entry<String, Double> metric : metrics.entrySet()) {
                out.writeUTF(metric.getKey());
                out.writeDouble(metric.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory alone is written to
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #message} wrote.
     *
     * @param message of the same version of the program
     * @return the same numbers, bit by bit
     */
    public static Means of(byte[] message) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            double loss = in.readDouble();
            double accuracy = in.readDouble();
            double majority = in.readDouble();
            Map<String, Double> metrics = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                metrics.put(name, in.readDouble());
            }
            return new Means(loss, accuracy, majority, metrics);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
