package s5.collective;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** A connection that carries messages: four bytes for the length, one for the kind, the content. */
final class Link implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    final Socket socket;
    final DataInputStream in;
    final DataOutputStream out;

    Link(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
    }

    /** Sends a message. */
    void send(char kind, byte[] content) throws IOException {
        synchronized (out) {
            out.writeInt(content.length);
            out.writeByte(kind);
            out.write(content);
            out.flush();
        }
    }

    /** The next message, which has to be of this kind. */
    byte[] receive(char kind) throws IOException {
        int length = in.readInt();
        char found = (char) in.readByte();
        if (found != kind || length < 0) {
            throw new IllegalStateException(
                    "the processes are not at the same place: '%c' where '%c' was expected"
                            .formatted(found, kind));
        }
        byte[] content = new byte[length];
        in.readFully(content);
        return content;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone, then
        }
    }
}
