package io.brickwork.core.metadata;

import io.brickwork.core.SessionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataAnswer.Refused;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** The sessions that are open, and when one was closed last. A part of {@link MetadataState}. */
final class OpenSessions {
    private final TreeSet<SessionId> sessions = new TreeSet<>();
    /** In which slot a session was closed last; 0 if none was. */
    private long lastExpirySlot;

    // ---- commands

    /** Opens a session, which is named by the slot and the nonce. */
    MetadataAnswer open(long drawn, long slot) {
        if (sessions.size() >= MetadataState.MAX_SESSIONS) {
            return Refused.because(
                    "%d sessions are open, the most there may be; close some", MetadataState.MAX_SESSIONS);
        }
        SessionId session = new SessionId(slot, drawn);
        sessions.add(session);
        return new MetadataAnswer.Session(session);
    }

    MetadataAnswer expire(SessionId session, long slot) {
        if (sessions.remove(session)) {
            lastExpirySlot = slot;
        }
        return new MetadataAnswer.Done();
    }

    /** Forgets who is open; when one was closed last stays. */
    void hide() {
        sessions.clear();
    }

    // ---- questions

    /** All of them, in the order in which they were opened. */
    SortedSet<SessionId> all() {
        return Collections.unmodifiableSortedSet(sessions);
    }

    boolean isOpen(SessionId session) {
        return sessions.contains(session);
    }

    long lastExpirySlot() {
        return lastExpirySlot;
    }

    // ---- snapshots

    /** Appends varint slot of the last expiry. */
    void writeLastExpiry(ByteWriter writer) {
        writer.varint(lastExpirySlot);
    }

    void readLastExpiry(ByteReader reader) {
        lastExpirySlot = MetadataCodec.readLong(reader, "slot of the last expiry");
    }

    /** Appends varint count · the sessions. */
    void write(ByteWriter writer) {
        writer.varint(sessions.size());
        sessions.forEach(session -> MetadataCodec.session(writer, session));
    }

    /** Takes in what {@link #write} wrote, in place of all that is here. */
    void read(ByteReader reader) {
        sessions.clear();
        for (int left = reader.count("sessions", 16); left > 0; left--) {
            sessions.add(MetadataCodec.readSession(reader));
        }
    }
}
