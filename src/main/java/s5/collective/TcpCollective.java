package s5.collective;

import s5.Failure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Processes in a star of TCP connections around rank 0, which adds up in the order of the ranks
 * what the others send, and sends the sum back: simple, the same bits everywhere, and in need of a
 * link at rank 0 that carries all of it. For hosts without a GPU, and for what hosts tell each
 * other.
 */
public final class TcpCollective implements Collective {
    private static final char SUM = '+';
    private static final char MOST = '>';
    private static final char BROADCAST = 'b';
    private static final char MESSAGE = 'm';

    private final int rank;
    private final List<Link>
            links; // by rank, null for itself; of others than rank 0 the first alone
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();
    private final Watch watch;

    /**
     * @param links for what is said, by rank; null where there is none
     * @param watched for signs of life, likewise
     * @param names by rank
     */
    TcpCollective(int rank, List<Link> links, List<Link> watched, List<String> names) {
        this.rank = rank;
        this.links = links;
        watch = new Watch(watched, names, rank == 0, this::wake);
    }

    @Override
    public void whenLost(Runnable action) {
        actions.add(action);
    }

    private void wake() {
        hangUp();
        actions.forEach(Runnable::run);
    }

    private void hangUp() {
        for (Link link : links) {
            if (link != null) {
                link.close();
            }
        }
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return links.size();
    }

    /** What is done with a connection. */
    private interface Talk<T> {
        T with() throws IOException;
    }

    private <T> T talk(Talk<T> talk) {
        if (watch.lost() != null) {
            throw new Failure(watch.lost());
        }
        try {
            return talk.with();
        } catch (IOException e) {
            String lost = watch.lostSoon();
            throw new Failure(
                    lost != null ? lost : "the connection between the processes broke: " + e);
        }
    }

    @Override
    public void allReduce(List<float[]> arrays) {
        int size = arrays.stream().mapToInt(a -> a.length).reduce(0, Math::addExact);
        byte[] bytes = new byte[Math.multiplyExact(size, Float.BYTES)];
        ByteBuffer mine = ByteBuffer.wrap(bytes);
        if (leads()) {
            talk(() -> {
                for (int other = 1; other < size(); other++) {
                    add(links.get(other).receive(SUM), arrays);
                }
                arrays.forEach(array -> put(array, mine));
                for (int other = 1; other < size(); other++) {
                    links.get(other).send(SUM, bytes);
                }
                return null;
            });
        } else {
            arrays.forEach(array -> put(array, mine));
            talk(() -> {
                links.getFirst().send(SUM, bytes);
                ByteBuffer sum = ByteBuffer.wrap(links.getFirst().receive(SUM));
                for (float[] array : arrays) {
                    for (int i = 0; i < array.length; i++) {
                        array[i] = sum.getFloat();
                    }
                }
                return null;
            });
        }
    }

    private static void put(float[] array, ByteBuffer to) {
        for (float value : array) {
            to.putFloat(value);
        }
    }

    private static void add(byte[] values, List<float[]> arrays) {
        ByteBuffer buffer = ByteBuffer.wrap(values);
        if (values.length != Float.BYTES * arrays.stream().mapToInt(a -> a.length).sum()) {
            throw new IllegalStateException("the processes sum arrays of different sizes");
        }
        for (float[] array : arrays) {
            for (int i = 0; i < array.length; i++) {
                array[i] += buffer.getFloat();
            }
        }
    }

    @Override
    public long[] most(long... values) {
        long[] most = values.clone();
        return talk(() -> {
            if (leads()) {
                for (int other = 1; other < size(); other++) {
                    ByteBuffer theirs = ByteBuffer.wrap(links.get(other).receive(MOST));
                    for (int i = 0; i < most.length; i++) {
                        most[i] = Math.max(most[i], theirs.getLong());
                    }
                }
                for (int other = 1; other < size(); other++) {
                    links.get(other).send(MOST, bytes(most));
                }
            } else {
                links.getFirst().send(MOST, bytes(most));
                ByteBuffer all = ByteBuffer.wrap(links.getFirst().receive(MOST));
                for (int i = 0; i < most.length; i++) {
                    most[i] = all.getLong();
                }
            }
            return most;
        });
    }

    private static byte[] bytes(long[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }

    @Override
    public byte[] broadcast(byte[] message) {
        return talk(() -> {
            if (!leads()) {
                return links.getFirst().receive(BROADCAST);
            }
            for (int other = 1; other < size(); other++) {
                links.get(other).send(BROADCAST, message);
            }
            return message;
        });
    }

    @Override
    public void send(byte[] message) {
        talk(() -> {
            links.getFirst().send(MESSAGE, message);
            return null;
        });
    }

    @Override
    public byte[] receive(int rank) {
        return talk(() -> links.get(rank).receive(MESSAGE));
    }

    @Override
    public String lost() {
        return watch.lost();
    }

    @Override
    public void fail(String reason) {
        watch.fail(reason);
    }

    @Override
    public void close() {
        watch.close();
        hangUp();
    }

    /** An empty place for each rank. */
    static List<Link> places(int size) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            links.add(null);
        }
        return links;
    }
}
