package s5.metric;

import s5.data.Batch;

import java.nio.ByteBuffer;

/**
 * What a process that has evaluated a batch tells the one that adds all up: the truth, what the
 * model said, and the batch's metrics.
 *
 * @param prediction of the samples that the batch has, see {@link s5.model.Outputs#prediction}
 * @param loss mean over the answers that count
 * @param right samples times the share that is right, or minus the squared error
 */
public record Answers(float[] prediction, float loss, float right) {

    /**
     * {@return a message with all of it}
     *
     * @param batch that was evaluated
     */
    public byte[] with(Batch batch) {
        int labels = batch.labels == null ? 0 : batch.labels.length;
        int targets = batch.targets == null ? 0 : batch.targets.length;
        int numbers = 3 + batch.lengths.length + labels + targets + prediction.length;
        ByteBuffer message = ByteBuffer.allocate(Math.multiplyExact(4, numbers));
        message.putInt(batch.rows).putFloat(loss).putFloat(right);
        for (int length : batch.lengths) {
            message.putInt(length);
        }
        for (int i = 0; i < labels; i++) {
            message.putInt(batch.labels[i]);
        }
        for (int i = 0; i < targets; i++) {
            message.putFloat(batch.targets[i]);
        }
        for (float value : prediction) {
            message.putFloat(value);
        }
        return message.array();
    }

    /**
     * Takes a message of {@link #with} apart.
     *
     * @param message of a batch as large as {@code batch}
     * @param batch gets the truth; its inputs stay as they are
     * @return the rest
     */
    public static Answers of(byte[] message, Batch batch) {
        ByteBuffer in = ByteBuffer.wrap(message);
        batch.rows = in.getInt();
        float loss = in.getFloat();
        float right = in.getFloat();
        for (int i = 0; i < batch.lengths.length; i++) {
            batch.lengths[i] = in.getInt();
        }
        for (int i = 0; batch.labels != null && i < batch.labels.length; i++) {
            batch.labels[i] = in.getInt();
        }
        for (int i = 0; batch.targets != null && i < batch.targets.length; i++) {
            batch.targets[i] = in.getFloat();
        }
        float[] prediction = new float[in.remaining() / Float.BYTES];
        for (int i = 0; i < prediction.length; i++) {
            prediction[i] = in.getFloat();
        }
        return new Answers(prediction, loss, right);
    }
}
