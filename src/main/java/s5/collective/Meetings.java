package s5.collective;

import java.util.function.BooleanSupplier;

/**
 * When processes that work in step agree on what each of them would decide otherwise by its own
 * clock and its own signals: whether to stop, to save. They meet some times a second at most, at
 * the same steps everywhere. One process alone meets after every step, and has its own way.
 */
public final class Meetings {
    /** Seconds between two meetings. */
    private static final double APART = 0.2;

    /** Most steps between two. */
    private static final int MOST = 32;

    private final Collective ranks;
    private final BooleanSupplier stop;
    private boolean stopped;
    private long next; // step of the next meeting
    private long last;
    private long when;

    /**
     * None has been held so far.
     *
     * @param ranks who meets
     * @param stop whether this process would have all stop
     */
    public Meetings(Collective ranks, BooleanSupplier stop) {
        this.ranks = ranks;
        this.stop = stop;
    }

    /**
     * Has all begin to count steps.
     *
     * @param step the number of steps done
     */
    public void begin(long step) {
        last = step;
        next = step + 1;
        when = System.nanoTime();
    }

    /**
     * {@return whether there is a meeting after this step}
     *
     * @param step the number of steps done
     */
    public boolean isDue(long step) {
        return ranks.size() == 1 || step >= next;
    }

    /**
     * Meets after a step, also when none was due.
     *
     * @param step the number of steps done, the same everywhere
     * @param wishes what this process would have
     * @return the wishes of rank 0; {@link #stopped} is known anew, too, which all have a say in
     */
    public boolean[] hold(long step, boolean... wishes) {
        if (ranks.size() == 1) {
            return wishes;
        }
        double seconds = (System.nanoTime() - when) * 1e-9;
        long steps = Math.max(1, step - last);
        long window = (long) Math.clamp(APART * steps / Math.max(seconds, 1e-9), 1, MOST);
        long[] all = new long[wishes.length + 2];
        for (int i = 0; i < wishes.length; i++) {
            all[i] = ranks.leads() && wishes[i] ? 1 : 0;
        }
        all[wishes.length] = stop.getAsBoolean() ? 1 : 0;
        all[wishes.length + 1] = ranks.leads() ? window : 0;
        long[] agreed = ranks.most(all);
        stopped |= agreed[wishes.length] != 0;
        last = step;
        next = step + agreed[wishes.length + 1];
        when = System.nanoTime();
        boolean[] granted = new boolean[wishes.length];
        for (int i = 0; i < wishes.length; i++) {
            granted[i] = agreed[i] != 0;
        }
        return granted;
    }

    /**
     * {@return what rank 0 says} All call it at the same place.
     *
     * @param mine what this process would say
     */
    public boolean leader(boolean mine) {
        return anywhere(ranks.leads() && mine);
    }

    /** {@return whether all have agreed to stop; nobody is asked} */
    public boolean stopped() {
        return ranks.size() == 1 ? stop.getAsBoolean() : stopped;
    }

    /** {@return whether to stop, by all processes' wish} All call it at the same place. */
    public boolean ask() {
        if (ranks.size() > 1 && !stopped) {
            stopped = anywhere(stop.getAsBoolean());
        }
        return stopped();
    }

    /**
     * {@return whether it holds in any process} All call it at the same place.
     *
     * @param here whether it holds in this one
     */
    public boolean anywhere(boolean here) {
        return ranks.size() == 1 ? here : ranks.most(here ? 1 : 0)[0] != 0;
    }

    /** {@return who meets} */
    public Collective ranks() {
        return ranks;
    }
}
