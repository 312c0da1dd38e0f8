package s5.collective;

import s5.Failure;
import s5.UserError;
import s5.Version;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How the processes find each other: rank 0 listens at the address that all know, and at no other
 * of its host's; each other rank opens two connections to it. Both sides prove that they know the
 * job's token without telling it.
 */
public final class Rendezvous {
    private static final long MAGIC = 0x5335_5241_4e4b_5331L; // "S5RANKS1"
    private static final int NONCE = 16;

    /** Milliseconds that a newcomer has to say who it is. */
    private static final int INTRODUCTION = 10_000;

    /** Milliseconds between two attempts to reach rank 0. */
    private static final int RETRY = 100;

    private final Ranks ranks;
    private final byte[] token;
    private final long deadline;
    private final Duration patience;

    private Rendezvous(Ranks ranks, String token, Duration patience) {
        this.ranks = ranks;
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.patience = patience;
        deadline = System.nanoTime() + patience.toNanos();
    }

    /**
     * Meets the others.
     *
     * @param ranks who this process is, and where to meet
     * @param token that all processes of the job know, and nobody else
     * @param patience how long to wait for all to come
     * @return all of them; to be closed
     * @throws UserError when one does not come in time, or is of another version or job
     */
    public static Collective join(Ranks ranks, String token, Duration patience) {
        Rendezvous meeting = new Rendezvous(ranks, token, patience);
        try {
            return ranks.rank() == 0 ? meeting.host() : meeting.guest();
        } catch (IOException e) {
            throw new Failure(
                    "rank %d: the processes do not come together at %s:%d (%s)"
                            .formatted(ranks.rank(), ranks.host(), ranks.port(), e));
        }
    }

    private static String self(int rank) {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown host";
        }
        return "rank %d (%s, process %d)".formatted(rank, host, ProcessHandle.current().pid());
    }

    // ---- rank 0

    private final class Guests {
        final List<Link> talk = TcpCollective.places(ranks.size());
        final List<Link> watched = TcpCollective.places(ranks.size());
        final List<String> names =
                new ArrayList<>(
                        IntStream.range(0, ranks.size()).mapToObj(Rendezvous::self).toList());
        String refusal; // of a guest that belongs to the job and cannot take part

        synchronized String add(Guest guest, Link link) {
            List<Link> links = guest.watch ? watched : talk;
            if (links.get(guest.rank) != null) {
                return "there are two processes of rank " + guest.rank;
            }
            links.set(guest.rank, link);
            names.set(guest.rank, guest.name);
            notifyAll();
            return "";
        }

        synchronized void refuse(String why) {
            refusal = why;
            notifyAll();
        }

        synchronized List<Integer> missing() {
            return IntStream.range(1, ranks.size())
                    .filter(r -> talk.get(r) == null || watched.get(r) == null)
                    .boxed()
                    .toList();
        }

        synchronized void await() throws InterruptedException {
            while (!missing().isEmpty() && refusal == null) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        }
    }

    private record Guest(int rank, boolean watch, String name, String refusal) {}

    private Collective host() throws IOException {
        Guests guests = new Guests();
        try (ServerSocket door = open()) {
            Thread.ofPlatform().daemon().name("s5-rendezvous").start(() -> greet(door, guests));
            guests.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while the processes came together");
        }
        if (guests.refusal != null) {
            throw new UserError(guests.refusal);
        }
        List<Integer> missing = guests.missing();
        if (!missing.isEmpty()) {
            throw new UserError(
                    "of %d processes %s not come to %s:%d within %d s; look at what became of them"
                            .formatted(
                                    ranks.size(),
                                    missing.stream()
                                                    .map(r -> "rank " + r)
                                                    .collect(Collectors.joining(", "))
                                            + (missing.size() == 1 ? " has" : " have"),
                                    ranks.host(),
                                    ranks.port(),
                                    patience.toSeconds()));
        }
        String names = String.join("\n", guests.names);
        for (Link link : guests.talk.subList(1, ranks.size())) {
            link.send('n', names.getBytes(StandardCharsets.UTF_8));
        }
        return new TcpCollective(0, guests.talk, guests.watched, guests.names);
    }

    private ServerSocket open() throws IOException {
        ServerSocket door = new ServerSocket();
        door.setReuseAddress(true);
        try {
            door.bind(
                    new InetSocketAddress(InetAddress.getByName(ranks.host()), ranks.port()),
                    2 * ranks.size());
        } catch (IOException e) {
            door.close();
            throw new UserError(
                    "rank 0 cannot listen at %s:%d (%s); the address must be one of its own host's, and the port free"
                            .formatted(ranks.host(), ranks.port(), e.getMessage()),
                    e);
        }
        return door;
    }

    private void greet(ServerSocket door, Guests guests) {
        while (true) {
            try {
                Socket socket = door.accept();
                Thread.ofVirtual().start(() -> introduce(socket, guests));
            } catch (IOException e) {
                return; // the door is closed
            }
        }
    }

    private void introduce(Socket socket, Guests guests) {
        try {
            socket.setSoTimeout(INTRODUCTION);
            Link link = new Link(socket);
            Guest guest = examine(link);
            if (guest == null) {
                link.close(); // a stranger
                return;
            }
            String refusal = guest.refusal.isEmpty() ? guests.add(guest, link) : guest.refusal;
            socket.setSoTimeout(0);
            link.out.writeUTF(refusal);
            link.out.flush();
            if (!refusal.isEmpty()) {
                guests.refuse(refusal);
                link.close();
            }
        } catch (IOException e) {
            try {
                socket.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
        }
    }

    /** Who is there; null for somebody who does not know the token. */
    private Guest examine(Link link) throws IOException {
        if (link.in.readLong() != MAGIC) {
            return null;
        }
        byte[] theirs = link.in.readNBytes(NONCE);
        byte[] ours = nonce();
        link.out.write(ours);
        link.out.write(proof("rank 0", theirs, ours));
        link.out.flush();
        byte[] proof = link.in.readNBytes(32);
        if (!MessageDigest.isEqual(proof, proof("guest", theirs, ours))) {
            return null;
        }
        int rank = link.in.readInt();
        int size = link.in.readInt();
        boolean watch = link.in.readBoolean();
        String version = link.in.readUTF();
        String name = link.in.readUTF();
        String refusal = "";
        if (size != ranks.size() || rank < 1 || rank >= size) {
            refusal =
                    "%s is one of %d processes, rank 0 one of %d"
                            .formatted(name, size, ranks.size());
        } else if (!version.equals(Version.TEXT)) {
            refusal =
                    "%s runs version %s of this program, rank 0 %s"
                            .formatted(name, version, Version.TEXT);
        }
        return new Guest(rank, watch, name, refusal);
    }

    // ---- the others

    private Collective guest() throws IOException {
        Link talk = connect(false);
        Link watch = connect(true);
        talk.socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
        List<String> names;
        try {
            names = List.of(new String(talk.receive('n'), StandardCharsets.UTF_8).split("\n", -1));
        } catch (IOException e) {
            throw new UserError("rank 0 gave up waiting for the others; see what it says", e);
        }
        talk.socket.setSoTimeout(0);
        List<Link> links = TcpCollective.places(ranks.size());
        List<Link> watched = TcpCollective.places(ranks.size());
        links.set(0, talk);
        watched.set(0, watch);
        return new TcpCollective(ranks.rank(), links, watched, names);
    }

    private Link connect(boolean watch) throws IOException {
        while (true) {
            Socket socket = new Socket();
            try {
                InetAddress address = InetAddress.getByName(ranks.host());
                socket.connect(new InetSocketAddress(address, ranks.port()), INTRODUCTION);
                Link link = new Link(socket);
                introduceSelf(link, watch);
                return link;
            } catch (ConnectException
                    | SocketTimeoutException
                    | UnknownHostException
                    | NoRouteToHostException e) {
                socket.close(); // rank 0 may not have come yet
                if (System.nanoTime() > deadline) {
                    throw new UserError(
                            "rank %d: rank 0 is not to be met at %s:%d within %d s (%s)"
                                    .formatted(
                                            ranks.rank(),
                                            ranks.host(),
                                            ranks.port(),
                                            patience.toSeconds(),
                                            e.getMessage()),
                            e);
                }
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure("interrupted while the processes came together");
            }
        }
    }

    private void introduceSelf(Link link, boolean watch) throws IOException {
        link.socket.setSoTimeout(INTRODUCTION);
        byte[] ours = nonce();
        link.out.writeLong(MAGIC);
        link.out.write(ours);
        link.out.flush();
        byte[] theirs = link.in.readNBytes(NONCE);
        byte[] proof = link.in.readNBytes(32);
        if (!MessageDigest.isEqual(proof, proof("rank 0", ours, theirs))) {
            throw new UserError(
                    "rank %d: what listens at %s:%d does not know this job's token; set the same S5_TOKEN for all, or another MASTER_PORT"
                            .formatted(ranks.rank(), ranks.host(), ranks.port()));
        }
        link.out.write(proof("guest", ours, theirs));
        link.out.writeInt(ranks.rank());
        link.out.writeInt(ranks.size());
        link.out.writeBoolean(watch);
        link.out.writeUTF(Version.TEXT);
        link.out.writeUTF(self(ranks.rank()));
        link.out.flush();
        String refusal = link.in.readUTF();
        if (!refusal.isEmpty()) {
            throw new UserError(refusal);
        }
        link.socket.setSoTimeout(0);
    }

    private static byte[] nonce() {
        byte[] nonce = new byte[NONCE];
        new SecureRandom().nextBytes(nonce);
        return nonce;
    }

    private byte[] proof(String who, byte[] guest, byte[] host) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token, "HmacSHA256"));
            mac.update(who.getBytes(StandardCharsets.UTF_8));
            mac.update(guest);
            mac.update(host);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
