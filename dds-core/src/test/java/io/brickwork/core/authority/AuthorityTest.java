package io.brickwork.core.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.rights.Right;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.wire.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of who may say what, as the documentation shows it; and what it must never allow. */
class AuthorityTest {
    private static final BrickId B = new BrickId("b");
    private static final PartitionId P = new PartitionId(1, 0);
    private static final Incarnation FIRST = new Incarnation(new DiskId(1, 2), 1);

    /** One of each kind. */
    static List<MetadataCommand> commands() {
        return List.of(
                new MetadataCommand.RegisterBrick(B, null, FIRST, "h", 1, true),
                new MetadataCommand.SetLeaving(B, true),
                new MetadataCommand.ForgetBrick(B),
                new MetadataCommand.CreateStructure(
                        "t",
                        new StructureSpec("register", "k", "v", 1, 3, Durability.SYNC, Replication.TWO_PHASE),
                        List.of(Bytes.EMPTY)),
                new MetadataCommand.DropStructure(1),
                new MetadataCommand.ChangeView(P, 1, 1, B, List.of(new Member(B, FIRST)), List.of()),
                new MetadataCommand.OpenView(P, 1, List.of()),
                new MetadataCommand.SplitPartition(P, Bytes.utf8("k"), false),
                new MetadataCommand.FinishSplit(P, new PartitionId(1, 1), new Version(1, 1)),
                new MetadataCommand.MergePartitions(P, new PartitionId(1, 1)),
                new MetadataCommand.FinishMerge(P, new PartitionId(1, 1), new Version(1, 1)),
                new MetadataCommand.CancelMerge(P, new PartitionId(1, 1), 1),
                new MetadataCommand.FoundLineage(P, 1, 1, new Member(B, FIRST)),
                new MetadataCommand.OpenSession(7),
                new MetadataCommand.ExpireSession(new SessionId(1, 7)),
                new MetadataCommand.SetLeaseTerm(1_000_000_000));
    }

    @Test
    void thereIsASampleOfEachCommandAndOfEachMessage() {
        assertThat(names(commands())).containsExactlyInAnyOrderElementsOf(leaves(MetadataCommand.class));
        Set<String> messages = new TreeSet<>();
        Samples.messages().values().forEach(message -> messages.add(name(message)));
        assertThat(messages).containsExactlyInAnyOrderElementsOf(leaves(Message.class));
    }

    private static List<String> names(List<MetadataCommand> commands) {
        return commands.stream()
                .map(command -> command.getClass().getSimpleName())
                .toList();
    }

    private static String name(Message message) {
        Class<?> outer = message.getClass().getDeclaringClass();
        return (outer == null ? "" : outer.getSimpleName().replace("Message", "") + ".")
                + message.getClass().getSimpleName();
    }

    private static Set<String> leaves(Class<?> sealed) {
        Set<String> leaves = new TreeSet<>();
        for (Class<?> one : sealed.getPermittedSubclasses()) {
            if (one.isSealed()) {
                leaves.addAll(leaves(one));
            } else if (sealed == MetadataCommand.class || MetadataCommand.class.isAssignableFrom(one)) {
                leaves.add(one.getSimpleName());
            } else {
                leaves.add(one.getDeclaringClass().getSimpleName().replace("Message", "") + "." + one.getSimpleName());
            }
        }
        return leaves;
    }

    @Test
    void clientsSayNothingThatBricksOrOperatorsSay() {
        for (Message message : Samples.messages().values()) {
            Set<Role> speakers = Authority.speakers(message);
            if (!(message instanceof CallMessage)) {
                boolean isAlive = name(message).matches("Link\\.(Ping|Pong|Goodbye)");
                assertThat(speakers.contains(Role.CLIENT)).as(name(message)).isEqualTo(isAlive);
                assertThat(speakers.contains(Role.OPERATOR)).as(name(message)).isEqualTo(isAlive);
            }
        }
        for (MetadataCommand command : commands()) {
            boolean mayAsk = command instanceof MetadataCommand.CreateStructure
                    || command instanceof MetadataCommand.OpenSession
                    || command instanceof MetadataCommand.ExpireSession
                    || command instanceof MetadataCommand.OfOperator;
            assertThat(Authority.proposers(command).contains(Role.CLIENT))
                    .as(command.toString())
                    .isEqualTo(mayAsk);
            if (command instanceof MetadataCommand.OfOperator instruction) {
                assertThat(Authority.right(instruction)).isEqualTo(Right.ADMIN);
                assertThat(Authority.right(new CallMessage.Instruct(1, instruction)))
                        .isEqualTo(Right.ADMIN);
            }
        }
    }

    @Test
    void aBrickThatJoinsProposesItsOwnRegistrationAndNothingElse() {
        for (MetadataCommand command : commands()) {
            PaxosMessage.Propose propose = new PaxosMessage.Propose(1, MetadataCodec.encode(command));
            boolean isRegistration = command instanceof MetadataCommand.RegisterBrick;
            assertThat(Authority.objection(Role.JOINING, B, propose) == null)
                    .as(command.toString())
                    .isEqualTo(isRegistration);
            assertThat(Authority.objection(Role.BRICK, B, propose))
                    .as(command.toString())
                    .isNull();
            if (isRegistration) {
                BrickId other = new BrickId("other");
                assertThat(Authority.objection(Role.JOINING, other, propose)).contains("register brick b");
                assertThat(Authority.objection(Role.BRICK, other, propose)).contains("register brick b");
            }
        }
        assertThat(Authority.objection(Role.JOINING, B, new PaxosMessage.Propose(1, Bytes.utf8("rubbish"))))
                .contains("no command");
    }

    /** Run with {@code -Dgolden.update=true} to write the tables of the page anew. */
    @Test
    void theDocumentationShowsTheTables() throws Exception {
        TreeMap<String, Row> messages = new TreeMap<>();
        List<Message> said = new ArrayList<>(Samples.messages().values());
        said.add(comparesOnly());
        said.forEach(message -> messages.computeIfAbsent(name(message), name -> new Row(Authority.speakers(message)))
                .rights
                .add(message instanceof CallMessage call ? Authority.right(call) : Right.NONE));
        TreeMap<String, Row> commands = new TreeMap<>();
        commands()
                .forEach(command -> commands.computeIfAbsent(
                                command.getClass().getSimpleName(), name -> new Row(Authority.proposers(command)))
                        .rights
                        .add(Authority.right(command)));
        Path page = page();
        String text = Files.readString(page);
        String expected = replace(text, "messages", table("message", messages));
        expected = replace(expected, "commands", table("command", commands));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, expected);
        }
        assertThat(Files.readString(page)).isEqualTo(expected);
    }

    /** What a transaction asks of a partition in which it changes nothing. */
    private static CallMessage.Prepare comparesOnly() {
        CallMessage.Prepare prepare = (CallMessage.Prepare) Samples.messages().get("prepare-transaction");
        return new CallMessage.Prepare(
                prepare.ticket(),
                prepare.partition(),
                prepare.epoch(),
                prepare.transaction(),
                prepare.age(),
                prepare.lowWater(),
                prepare.participants(),
                prepare.routingKey(),
                new Part(prepare.part().compares(), List.of()));
    }

    private static Path page() {
        Path here = Path.of("").toAbsolutePath();
        Path page = here.resolve("docs/security.md");
        return Files.exists(page) ? page : here.resolveSibling("docs/security.md");
    }

    /** What the table says of one kind of message: who may say it, and which rights its samples need of callers. */
    private static final class Row {
        private final Set<Role> speakers;
        private final TreeSet<Right> rights = new TreeSet<>();

        Row(Set<Role> speakers) {
            this.speakers = speakers;
        }

        String cell(Role role) {
            if (!speakers.contains(role)) {
                return "";
            }
            return role != Role.CLIENT || rights.equals(Set.of(Right.NONE))
                    ? "yes"
                    : rights.stream()
                            .map(right -> right.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" or "));
        }
    }

    private static String table(String what, TreeMap<String, Row> rows) {
        Function<Role, String> head =
                role -> role == Role.JOINING ? "brick that joins" : role.name().toLowerCase(Locale.ROOT);
        List<String> lines = new ArrayList<>();
        List<Role> roles = List.of(Role.CLIENT, Role.OPERATOR, Role.JOINING, Role.BRICK);
        lines.add("| " + what + " | "
                + String.join(" | ", roles.stream().map(head).toList()) + " |");
        lines.add("| --- | --- | --- | --- | --- |");
        rows.forEach((name, row) -> lines.add("| `" + name + "` | "
                + String.join(" | ", roles.stream().map(row::cell).toList()) + " |"));
        return String.join("\n", lines);
    }

    private static String replace(String page, String name, String table) {
        String begin = "<!-- " + name + " -->\n";
        String end = "\n<!-- end of " + name + " -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        assertThat(from)
                .as("the page has a place for the table of " + name)
                .isNotNegative()
                .isLessThan(to);
        return page.substring(0, from + begin.length()) + table + page.substring(to);
    }
}
