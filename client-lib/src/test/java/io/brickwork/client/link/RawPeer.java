package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.LinkId;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.LinkMessage.Goodbye;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.Message;
import io.brickwork.core.wire.FrameReader;
import io.brickwork.core.wire.FrameWriter;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A plain blocking socket that may say anything. */
final class RawPeer implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final FrameWriter writer = new FrameWriter();
    private final FrameReader reader = new FrameReader();

    RawPeer(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout((int) (Ends.PATIENCE_SECONDS * 1000));
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    static Hello hello(Channel channel, LinkId link) {
        return new Hello(LinkMessage.VERSION, LinkMessage.Role.CLIENT, channel, Ends.CLUSTER, "raw", link, Bytes.EMPTY);
    }

    void send(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** One frame with the right number. */
    void say(Message... messages) throws IOException {
        out.write(framed(messages));
        out.flush();
    }

    byte[] framed(Message... messages) {
        for (Message message : messages) {
            writer.append(message);
        }
        byte[] frame = Bytes.wrap(writer.finish(), 0, writer.length()).toArray();
        writer.clear();
        return frame;
    }

    /** The next message, or null when the connection has been closed. */
    @Nullable
    Message hear() throws IOException {
        try {
            Message message = reader.next();
            while (message == null) {
                byte[] frame = new byte[FrameReader.checkLength(in.readInt(), Limits.FRAME_BYTES)];
                in.readFully(frame);
                reader.begin(Bytes.wrap(frame));
                message = reader.next();
            }
            return message;
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** Waits for the end; gives the reason if one was said before it. */
    String hearEnd() throws IOException {
        String reason = "";
        for (Message message = hear(); message != null; message = hear()) {
            assertThat(message)
                    .as("what a stranger is told")
                    .isInstanceOfAny(Goodbye.class, LinkMessage.Ping.class, LinkMessage.Welcome.class);
            if (message instanceof Goodbye goodbye) {
                reason = goodbye.reason();
            }
        }
        return reason;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
