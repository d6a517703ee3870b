package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.MemoryBudget;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

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
        assertThat(settings("brickwork.brick.capacity = 3 MiB").capacityBytes()).isEqualTo(3L << 20);
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
