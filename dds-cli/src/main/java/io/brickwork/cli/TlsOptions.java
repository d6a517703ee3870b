package io.brickwork.cli;

import io.brickwork.client.tls.TlsFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command speaks TLS to the bricks. */
final class TlsOptions {
    @Option(
            names = "--tls-trusted",
            paramLabel = "FILE",
            description =
                    "Connect over TLS; the file holds certificates (PEM) of the authorities that must have signed the bricks'. (default, for commands with the --dir of a cluster: its own files)")
    private @Nullable Path trusted;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "The certificate (PEM) that this command shows; operators must.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Its private key (PEM), readable by its owner only.")
    private @Nullable Path key;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * What the options say.
     *
     * @param own files of the cluster that the command is about, if there are any and the options name none
     * @return null for no TLS
     */
    @Nullable
    TlsFiles files(@Nullable TlsFiles own) {
        if (trusted != null) {
            return new TlsFiles("--tls-", certificate, key, trusted);
        }
        if (certificate != null || key != null) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--tls-trusted is missing: the authorities that must have signed the bricks' certificates");
        }
        return own == null ? null : own.named("--tls-");
    }
}
