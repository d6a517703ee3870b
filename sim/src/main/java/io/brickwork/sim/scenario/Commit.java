package io.brickwork.sim.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Which sources a run was made from: a seed means nothing without them. */
final class Commit {
    private static final String UNKNOWN = "unknown";

    private Commit() {}

    /**
     * The short id of the commit, with a plus if files have changed since; from the launcher, else from Git, else
     * "unknown".
     */
    static String id() {
        String told = System.getProperty("dds.commit", "");
        return told.isBlank() ? Holder.ID : told.strip();
    }

    /** Asked once, when the first run fails. */
    private static final class Holder {
        static final String ID = ask();

        private static String ask() {
            try {
                Process git = new ProcessBuilder(
                                "git", "describe", "--always", "--exclude=*", "--abbrev=7", "--dirty=+")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                git.getOutputStream().close();
                String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                return git.waitFor() == 0 && !said.isEmpty() ? said : UNKNOWN;
            } catch (IOException absent) {
                return UNKNOWN; // no Git here
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return UNKNOWN;
            }
        }
    }
}
