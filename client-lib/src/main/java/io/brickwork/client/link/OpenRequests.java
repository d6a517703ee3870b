package io.brickwork.client.link;

import io.brickwork.core.message.CallMessage;

/**
 * Counts the requests of one link that have no answer yet: those that a dialler has sent, or those that a listener has
 * received. The credits of a welcome limit that number.
 */
final class OpenRequests {
    private final boolean dialled;
    private int count;

    /** @param dialled whether this end dialled, so that it sends requests and gets answers */
    OpenRequests(boolean dialled) {
        this.dialled = dialled;
    }

    int count() {
        return count;
    }

    void onSent(CallMessage call) {
        count(call, dialled);
    }

    void onReceived(CallMessage call) {
        count(call, !dialled);
    }

    /**
     * A request of the dialler opens one, an answer of the listener closes one; anything the other way counts for
     * nothing.
     */
    private void count(CallMessage call, boolean isFromDialler) {
        boolean isRequest = switch (call) {
            case CallMessage.Request request -> true;
            case CallMessage.AskStatus ask -> true;
            case CallMessage.AskMetadata ask -> true;
            case CallMessage.Instruct instruct -> true;
            case CallMessage.OpenSession open -> true;
            case CallMessage.KeepSession keep -> true;
            case CallMessage.CloseSession close -> true;
            case CallMessage.Answer answer -> false;
            case CallMessage.Refusal refusal -> false;
            case CallMessage.Status status -> false;
            case CallMessage.Metadata metadata -> false;
            case CallMessage.Instructed instructed -> false;
            case CallMessage.SessionState state -> false;
        };
        if (isRequest == isFromDialler) {
            count = isRequest ? count + 1 : Math.max(0, count - 1);
        }
    }
}
