package io.brickwork.cli;

/**
 * A subcommand of {@code dds} that another module brings: a class with picocli's {@code @Command} and a constructor
 * without parameters, named in the module's {@code META-INF/services/io.brickwork.cli.Subcommand}.
 */
public interface Subcommand {}
