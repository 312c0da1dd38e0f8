package s5.download;

import s5.Failure;
import s5.config.Messages;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/** Requests to servers that are not trusted: not with texts, nor with where they send on to. */
public final class Http {
    /** What may be done where a server does not have the right file. */
    static final String ELSEWHERE = "; base_url=URL names another place to get it from";

    private static final int LAST_PORT = 65_535;

    private Http() {}

    /**
     * Asks for a file, where the server sends on to at last: for what comes after the first bytes
     * that are there, if it still has their version, and for all where that is empty.
     *
     * @throws Failure when there is no such server, or it sends on to where it should not
     * @throws IOException when the connection broke: another attempt may succeed
     */
    static HttpURLConnection get(URI place, String version, long have, Duration patience)
            throws IOException {
        URI uri = place;
        for (int hops = 0; ; hops++) {
            // Its time limit is for each read of the body; that of java.net.http ends before it.
            HttpURLConnection answer = (HttpURLConnection) uri.toURL().openConnection();
            answer.setInstanceFollowRedirects(false); // this loop does, with care
            answer.setConnectTimeout((int) patience.toMillis());
            answer.setReadTimeout((int) patience.toMillis());
            answer.setRequestProperty("User-Agent", "s5");
            answer.setRequestProperty("Accept-Encoding", "identity");
            answer.setRequestProperty("Connection", "close");
            if (!version.isEmpty()) {
                answer.setRequestProperty("Range", "bytes=" + have + "-");
                answer.setRequestProperty("If-Range", version);
            }
            int status;
            try {
                status = answer.getResponseCode();
            } catch (ConnectException | NoRouteToHostException | UnknownHostException e) {
                throw new Failure(
                        "%s: nothing answers at %s: there is no host %<s, or no network to reach it by (behind a proxy: JDK_JAVA_OPTIONS=-Dhttps.proxyHost=HOST)"
                                .formatted(uri, uri.getAuthority()));
            } catch (StackOverflowError e) { // the JDK reads each "100 Continue" in a deeper call
                throw new Failure(uri + ": the server answers without an end" + ELSEWHERE);
            }
            if (status < 0) {
                throw new Failure(uri + ": what answers does not speak HTTP" + ELSEWHERE);
            }
            String location = header(answer, "Location");
            boolean sentOn = Set.of(301, 302, 303, 307, 308).contains(status);
            if (hops == 5 || location.isEmpty() || !sentOn) {
                return answer;
            }
            answer.disconnect();
            uri = sentOn(place, uri, location);
        }
    }

    /**
     * Where a server sends on to: another host by https only, and never from outside into the
     * user's own network, whose machines may do something when they are asked.
     */
    static URI sentOn(URI asked, URI from, String location) {
        String why = "is no address";
        try {
            URI to = from.resolve(location);
            boolean same = asked.getHost().equalsIgnoreCase(to.getHost());
            if (to.getPort() > LAST_PORT) {
                why = "has a port that there is not";
            } else if (to.getHost() == null
                    || !("https".equalsIgnoreCase(to.getScheme())
                            || (same && asked.getScheme().equals(to.getScheme())))) {
                why = "is neither https nor the host that was asked";
            } else if (!same && isInside(to.getHost())) {
                why = "is in a private network";
            } else {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new Failure(
                "%s: the server sends on to %s, which %s%s"
                        .formatted(asked, Messages.shown(location, 200), why, ELSEWHERE));
    }

    /**
     * {@return whether a file can be asked for at such a place}
     *
     * @param place any URI
     */
    public static boolean isAddress(URI place) {
        return place.getHost() != null
                && place.getScheme() != null
                && Set.of("http", "https").contains(place.getScheme())
                && place.getPort() <= LAST_PORT;
    }

    private static boolean isInside(String host) {
        try {
            for (InetAddress given : InetAddress.getAllByName(host)) {
                InetAddress address = embedded(given);
                byte[] bytes = address.getAddress();
                boolean v4 = bytes.length == 4;
                if (address.isLoopbackAddress()
                        || address.isLinkLocalAddress()
                        || address.isSiteLocalAddress()
                        || address.isAnyLocalAddress()
                        || address.isMulticastAddress()
                        || (v4 && bytes[0] == 0) // 0.0.0.0/8
                        || (v4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64) // 100.64.0.0/10
                        || (!v4 && (bytes[0] & 0xfe) == 0xfc)) { // fc00::/7
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            return false; // a proxy may know it, else there will be no connection
        }
    }

    /** The IPv4 address that an IPv6 one leads to, by NAT64 (64:ff9b::/96) or 6to4 (2002::/16). */
    private static InetAddress embedded(InetAddress address) throws UnknownHostException {
        byte[] bytes = address.getAddress();
        String prefix = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 12));
        int at = prefix.equals("0064ff9b0000000000000000") ? 12 : prefix.startsWith("2002") ? 2 : 0;
        return bytes.length == 4 || at == 0
                ? address
                : InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4));
    }

    /** A header's value; empty when there is none. */
    static String header(HttpURLConnection answer, String name) {
        String value = answer.getHeaderField(name);
        return value == null ? "" : value;
    }

    static String reason(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return Messages.shown(message, 200);
    }
}
