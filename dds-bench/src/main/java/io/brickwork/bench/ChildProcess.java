package io.brickwork.bench;

import io.brickwork.cli.local.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of the benchmark, whose main class is {@link BenchChild}: questions go to its standard input, answers come
 * as lines of its standard output that begin with {@link BenchChild#ANSWER}. It ends when this process does, however
 * that ends. One thread.
 */
final class ChildProcess implements AutoCloseable {
    private static final int ANSWER_SECONDS = 60;
    private static final int STOP_SECONDS = 20;

    private final String name;
    private final Process process;
    private final PrintWriter questions;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().name("answers-of-" + name).daemon().start(this::readAnswers);
    }

    /**
     * Starts it; returns at once.
     *
     * @param log gets its standard error
     * @param role what it is to do, as {@link BenchChild} knows it
     */
    static ChildProcess start(String name, Path log, List<String> jvmOptions, String... role) throws IOException {
        List<String> command = ChildJvm.command(jvmOptions, BenchChild.class.getName());
        command.addAll(List.of(role));
        Files.createDirectories(log.toAbsolutePath().getParent());
        return new ChildProcess(
                name,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    /**
     * The next answer.
     *
     * @throws IllegalStateException if it does not come, because the process has ended for instance
     */
    String answer() {
        try {
            String answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer == null || answer.equals(ENDED)) {
                throw new IllegalStateException("the process '%s' %s"
                        .formatted(
                                name,
                                answer == null
                                        ? "gave no answer in " + ANSWER_SECONDS + " s"
                                        : "has ended by itself with exit code " + process.waitFor()));
            }
            return answer;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    String ask(String question) {
        questions.println(question);
        return answer();
    }

    Usage usage() {
        return Usage.parse(ask(BenchChild.USAGE));
    }

    /** Ends it, and waits until it is gone. */
    @Override
    public void close() {
        questions.close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static final String ENDED = "";

    private void readAnswers() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(BenchChild.ANSWER)) {
                    answers.add(line.substring(BenchChild.ANSWER.length()));
                }
            }
        } catch (IOException | UncheckedIOException closed) {
            // The process is gone, which is told below.
        }
        answers.add(ENDED);
    }
}
