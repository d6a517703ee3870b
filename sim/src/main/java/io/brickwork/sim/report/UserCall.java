package io.brickwork.sim.report;

import java.util.List;
import java.util.Locale;

/**
 * One call of a user's code on its {@code Dds}, as that code saw it.
 *
 * @param number its place among the calls of the run, from 0
 * @param service the node it was made on, numbered as {@link io.brickwork.sim.kernel.Recorder} says
 * @param thread the name of the thread that made it
 * @param code the lines of the user's code that made it, innermost first
 * @param endedNanos when the code was told how it ended; -1 while it was not
 * @param answer what the code was told, in words; empty while it was not told anything
 */
public record UserCall(
        int number,
        int service,
        String thread,
        Request request,
        List<StackTraceElement> code,
        long beganNanos,
        long endedNanos,
        Ending ending,
        String answer) {
    /**
     * What was asked, in words.
     *
     * @param places the records that it is about, such as {@code coupons["left"]}; none if it is about no single record
     * @param words such as {@code coupons.replace("left", 17, 16)}
     */
    public record Request(List<String> places, String words, Effect effect) {
        public Request {
            places = List.copyOf(places);
        }
    }

    /** What a call may do to the records that it is about. */
    public enum Effect {
        /** Nothing. */
        READ,
        /** Writes if something holds that is compared at the same moment. */
        CONDITIONAL,
        /** Writes, whatever is there. */
        UNCONDITIONAL
    }

    /** How a call ended for its caller. */
    public enum Ending {
        /** It has not. */
        OPEN,
        /** It was done. */
        DONE,
        /** It failed, and certainly changed nothing. */
        DID_NOT_HAPPEN,
        /** Nobody can tell whether it was done, or all of it. */
        UNKNOWN
    }

    public UserCall {
        code = List.copyOf(code);
    }

    UserCall ended(long nanos, Ending how, String told) {
        return new UserCall(number, service, thread, request, code, beganNanos, nanos, how, told);
    }

    /** Whether it writes, or may. */
    boolean isWrite() {
        return request.effect != Effect.READ;
    }

    /** Whether it may have changed something. */
    boolean mayHaveWritten() {
        boolean isRefused = ending == Ending.DONE && request.effect == Effect.CONDITIONAL && answer.equals("false");
        return isWrite() && ending != Ending.DID_NOT_HAPPEN && !isRefused;
    }

    /** Whether nobody can tell what became of it, although that matters. */
    boolean isInDoubt() {
        return isWrite() && (ending == Ending.UNKNOWN || ending == Ending.OPEN);
    }

    boolean isAbout(String place) {
        return request.places.contains(place);
    }

    /** Whether both were under way at some moment. */
    boolean overlaps(UserCall other) {
        return beganNanos < other.endNanos() && other.beganNanos < endNanos();
    }

    /** When it ended; the end of all times if it did not. */
    long endNanos() {
        return endedNanos < 0 ? Long.MAX_VALUE : endedNanos;
    }

    /** Question and answer, in a line. */
    String exchange() {
        return request.words + " -> "
                + switch (ending) {
                    case OPEN -> "no answer";
                    case UNKNOWN -> "outcome unknown";
                    case DONE -> answer;
                    case DID_NOT_HAPPEN -> "did not happen (" + answer.substring(0, answer.indexOf(':')) + ")";
                };
    }

    /** Question and answer, with all that an exception said. */
    String details() {
        return exchange() + (ending == Ending.UNKNOWN || ending == Ending.DID_NOT_HAPPEN ? ": " + answer : "");
    }

    /** The lines of code that made it, each on a line of its own. */
    String codeLines() {
        StringBuilder text = new StringBuilder();
        code.forEach(line -> text.append("\n        at ").append(UserCode.words(line)));
        return text.toString();
    }

    /** File and line of the code that made it, in brackets. */
    String at() {
        String place = UserCode.place(code);
        return place.isEmpty() ? "" : " (" + place + ")";
    }

    String times() {
        return endedNanos < 0
                ? String.format(Locale.ROOT, "from %.3f s on", beganNanos / 1e9)
                : String.format(Locale.ROOT, "%.3f s to %.3f s", beganNanos / 1e9, endedNanos / 1e9);
    }
}
