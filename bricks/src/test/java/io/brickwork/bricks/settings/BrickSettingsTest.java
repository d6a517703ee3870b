package io.brickwork.bricks.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.MemoryBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrickSettingsTest {
    private static final String GOOD = """
            brickwork.brick {
              id = b
              members = ["a=127.0.0.1:7400", "b=localhost:7401/9001"]
              directory = /tmp/b
            }
            """;

    private static BrickSettings settings(String more) {
        return BrickSettings.of(ConfigFactory.parseString(more).withFallback(ConfigFactory.parseString(GOOD)));
    }

    @Test
    void whatIsNotToldComesFromReferenceConf() {
        BrickSettings settings = settings("");
        assertThat(settings.cluster()).isEqualTo("brickwork");
        assertThat(settings.fullPermille()).isEqualTo(850);
        assertThat(settings.memory()).as("the heap decides").isEqualTo(MemoryBudget.Wishes.NONE);
        assertThat(settings.bind()).isEqualTo("localhost");
        assertThat(settings.self()).isEqualTo(new MemberAddress(new BrickId("b"), "localhost", 7401, 9001));
        assertThat(settings.members().getFirst().controlPort()).isEqualTo(7500);
        BrickConfig machine = settings.machineConfig(
                List.of(),
                new BrickConfig.Drawn(new DiskId(1, 2), Bytes.utf8("c"), "boot", new SplittableRandom(1)),
                settings.budget(1L << 30));
        assertThat(machine.founders()).as("two are no safer than one").containsExactly(new BrickId("a"));
        assertThat(machine.contacts()).containsExactly(new BrickId("a"));
    }

    @Test
    void aHeapThatIsTooSmallForTheSettingsIsRefusedWithFigures() {
        BrickSettings settings = settings("brickwork.brick { memory-budget = 100 MiB, overlay = 20 MiB }");
        assertThat(settings.budget(1L << 30).totalBytes()).isEqualTo(100L << 20);
        assertThat(settings.budget(1L << 30).overlayBytes()).isEqualTo(20L << 20);
        assertThatThrownBy(() -> settings.budget(128L << 20))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContainingAll("brick 'b' cannot start", "memory-budget is 100 MiB", "128 MiB", "-Xmx");
        assertThatThrownBy(() -> settings("").budget(40L << 20))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("a heap of 40 MiB");
        assertThatThrownBy(() -> settings("brickwork.brick.overlay = -1 MiB")).isInstanceOf(BrickStartException.class);
    }

    @Test
    void sharesOfTheMemoryBudgetAreExplained() {
        var told = ConfigFactory.parseString("brickwork.brick.memory-budget = 100 MiB");
        assertThat(BrickSettings.explainMemory(told, 1L << 30))
                .extracting(MemoryBudget.Share::name, share -> share.bytes() >> 20)
                .contains(tuple("memory-budget", 100L), tuple("overlay", 24L), tuple("to-clients", 22L));
    }

    @Test
    void sizesHaveUnits() {
        assertThat(settings("brickwork.brick.capacity = 3 GiB").capacityBytes()).isEqualTo(3L << 30);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "capacity = 1 | capacity is 1 bytes; it must be at least 201326592, three times",
                "capacity = -1 | capacity",
                "overlay = 1 | overlay is 1 bytes; it must be at least 1048576",
                "window = -5 | window",
                "log-segment = 1 | log-segment is 1 bytes; it must be from",
                "log-segment = 1 TiB | log-segment is 1099511627776 bytes; it must be from",
                "shutdown-handover = -3 s | shutdown-handover is -3000 ms; it must be from 0 ms to",
                "lease-term = -2 s | lease-term is -2000 ms; it must be from 500 ms",
                "session-timeout = 0 s | session-timeout is 0 ms",
                "merge-after = -1 s | merge-after is -1000 ms",
                "split-records = 0 | split-records is 0; it must be at least 1",
                "split-writes = -1 | split-writes is -1; it must be at least 1",
                "split-size = 0 | split-size is 0 bytes",
                "full-at = NaN | full-at",
                "full-at = 1.5 | full-at is 1.5; it must be above 0 and at most 1",
                "cluster = \"a\\nb\" | cluster name 'a?b' has the character U+000A",
                "cluster = \" a\" | begins or ends with a blank",
                "overlay = lots | overlay",
                "lease-term = 2 fortnights | lease-term",
            })
    void whatMakesNoSenseIsRefusedWithItsValueAndItsLimit(String setting, String message) {
        assertThatThrownBy(() -> settings("brickwork.brick." + setting))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTokenIsLimited() {
        assertThatThrownBy(() -> settings("brickwork.brick.token = " + "x".repeat(2000)))
                .hasMessageContaining("token has 2000 bytes; it must have at most 1024");
    }

    @Test
    void eachSettingIsExplainedWithItsValueAndItsOriginButNotTheToken() {
        var told = ConfigFactory.parseMap(
                Map.of("brickwork.brick.overlay", "32MiB", "brickwork.brick.token", "secret"), "the command line");
        assertThat(BrickSettings.explain(told))
                .contains(
                        new BrickSettings.Setting("overlay", "\"32MiB\"", "the command line"),
                        new BrickSettings.Setting("token", "(set)", "the command line"),
                        new BrickSettings.Setting("window", "0", "default"));
        assertThatThrownBy(() -> BrickSettings.explain(ConfigFactory.parseString("brickwork.brick.overlai = 1")))
                .hasMessageContaining("did you mean overlay?");
    }

    @Test
    void nestedSettingsAreExplainedAndCheckedByTheirPaths() {
        var told = ConfigFactory.parseMap(Map.of("brickwork.brick.tls.key", "/k"), "the command line");
        assertThat(BrickSettings.explain(told))
                .contains(
                        new BrickSettings.Setting("tls.key", "\"/k\"", "the command line"),
                        new BrickSettings.Setting("tls.trusted", "\"\"", "default"));
        assertThatThrownBy(() -> settings("brickwork.brick.tls.trustet = x"))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("brickwork.brick.tls.trustet")
                .hasMessageContaining("did you mean tls.trusted?");
    }

    @Test
    void tlsNeedsAllOfItsFiles() {
        assertThat(settings("").tls()).isNull();
        assertThatThrownBy(() -> settings("brickwork.brick.tls { certificate = /c, key = /k }"))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("only [certificate, key] is set: set all three");
        assertThatThrownBy(() -> settings("brickwork.brick.tls.client-certificates = on"))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("none is set");
    }

    @Test
    void filesOfTlsAreCheckedWhenTheSettingsAreRead(@TempDir Path directory) throws IOException {
        TlsFiles files = ThrowAwayAuthority.in(directory).issue("b", List.of("localhost"));
        String tls = "brickwork.brick.tls { certificate = \"%s\", key = \"%s\", trusted = \"%s\" }"
                .formatted(files.certificate(), files.key(), files.trusted());
        assertThat(settings(tls).linkOptions().tls()).isNotNull();
        assertThat(settings(tls).linkOptions().clientCertificates()).isFalse();
        Files.delete(files.trusted());
        assertThatThrownBy(() -> settings(tls))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("brickwork.brick.tls.trusted: the file " + files.trusted() + " is not there");
    }

    @Test
    void aWrongKeyIsAnsweredWithTheNearestRightOne() {
        assertThatThrownBy(() -> settings("brickwork.brick.capasity = 1 GiB"))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("brickwork.brick.capasity")
                .hasMessageContaining("did you mean capacity?");
    }

    @Test
    void aBrickThatIsNotAMemberIsRefused() {
        assertThatThrownBy(() -> settings("brickwork.brick.id = z"))
                .hasMessageContaining("'z' is not one of the members [a, b]");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> settings("brickwork.brick.directory = \"\""))
                .hasMessageContaining("brickwork.brick.directory is missing");
    }

    @Test
    void twoMembersOnOnePortAreRefused() {
        assertThatThrownBy(() -> settings("brickwork.brick.members = [\"a=h:7400\", \"b=h:7500\"]"))
                .hasMessageContaining("two members want h:7500");
        assertThatThrownBy(() -> settings("brickwork.brick.members = [\"b=h:7400\", \"b=h:7401\"]"))
                .hasMessageContaining("two members are called 'b'");
    }

    @Test
    void wrongMembersAreNamed() {
        assertThatThrownBy(() -> MemberAddress.parse("a:7400")).hasMessageContaining("'a:7400' is not of the form");
        assertThatThrownBy(() -> MemberAddress.parse("a=h:99999")).hasMessageContaining("99999");
        assertThatThrownBy(() -> MemberAddress.parse("a b=h:1")).hasMessageContaining("a b");
    }

    @Test
    void aMemberReadsItsOwnText() {
        MemberAddress six = MemberAddress.parse("a=[::1]:7400/8000");
        assertThat(six.host()).isEqualTo("::1");
        assertThat(MemberAddress.parse(six.toString())).isEqualTo(six);
    }

    @Test
    void aFillLevelOutOfRangeIsRefused() {
        assertThatThrownBy(() -> settings("brickwork.brick.full-at = 1.5")).hasMessageContaining("full-at");
        assertThatThrownBy(() -> settings("brickwork.brick.log-segment = 0")).hasMessageContaining("log-segment");
    }
}
