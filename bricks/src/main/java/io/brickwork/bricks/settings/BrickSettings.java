package io.brickwork.bricks.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import io.brickwork.bricks.log.SegmentedLog;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.Names;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.GrowthLimits;
import io.brickwork.core.brick.MemoryBudget;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.TableChunk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a brick process is told before it starts: the keys under {@code brickwork.brick}, whose defaults, units and
 * meaning stand in {@code reference.conf}.
 *
 * @param members all bricks, this one among them, in the same order everywhere; this one alone if it joins by seeds
 * @param seeds data ports of bricks that run, if this one is to join their cluster; else empty
 * @param bind the address to listen on
 * @param token what links must show; empty for nothing
 * @param tokensFile lists the tokens of clients, and what the holder of each may do; null for none
 * @param secret by which bricks and operators prove themselves; null if this brick is to be alone
 * @param tls of both ports; null for none
 * @param clientCertificates whether clients must show a certificate
 * @param memory what of the memory budget has been set; the heap decides the rest
 * @param capacityBytes what log and table may take together; 0 for the whole disk
 * @param diskReserveBytes what is kept free on the disk
 * @param handover how long a stop waits until others have taken over
 * @param leaseTerm how long leases last, if this brick founds the cluster
 * @param sessionTimeout a client's session ends when nothing was heard of it for so long
 * @param growth when partitions are split
 * @param fullPermille from which fill level on puts are refused
 * @param http where those who watch the brick ask it by HTTP; null for nowhere
 */
public record BrickSettings(
        BrickId id,
        List<MemberAddress> members,
        List<SeedAddress> seeds,
        Path directory,
        String bind,
        String cluster,
        String token,
        @Nullable Path tokensFile,
        @Nullable ClusterSecret secret,
        @Nullable Tls tls,
        boolean clientCertificates,
        long capacityBytes,
        long diskReserveBytes,
        int fullPermille,
        MemoryBudget.Wishes memory,
        long logSegmentBytes,
        Duration handover,
        Duration leaseTerm,
        Duration sessionTimeout,
        GrowthLimits growth,
        boolean controlPlane,
        @Nullable SeedAddress http) {

    private static final String ROOT = "brickwork.brick";
    /** Settings whose values are not shown. */
    private static final Set<String> HIDDEN = Set.of("token", "secret");

    private static final Duration SHORTEST_LEASE = Duration.ofMillis(500);
    private static final Duration LONGEST_LEASE = Duration.ofNanos(Limits.LONGEST_LEASE_TERM_NANOS);
    private static final Duration LONGEST_HANDOVER = Duration.ofHours(1);
    /** A buffer in which not one large entry has room holds up the brick. */
    private static final long LEAST_BUFFER_BYTES = 1 << 20;

    private static final Duration SHORTEST_SESSION = Duration.ofSeconds(1);
    private static final Duration SHORTEST_QUIET = Duration.ofSeconds(1);
    private static final Duration LONGEST_QUIET = Duration.ofDays(365);
    private static final Duration LONGEST_SESSION = Duration.ofDays(1);

    public BrickSettings {
        members = List.copyOf(members);
        seeds = List.copyOf(seeds);
    }

    /**
     * As a program says them.
     *
     * @param told by the names of the settings below {@code brickwork.brick}
     * @throws BrickStartException as {@link #of(Config)}
     */
    public static BrickSettings of(Map<String, ?> told) {
        try {
            return of(ConfigFactory.parseMap(told, "the program").atPath(ROOT));
        } catch (ConfigException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        }
    }

    /**
     * From a HOCON file, where they stand below {@code brickwork.brick}.
     *
     * @throws BrickStartException as {@link #of(Config)}, and if there is no such file
     */
    public static BrickSettings of(Path file) {
        try {
            return of(ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)));
        } catch (ConfigException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        }
    }

    /**
     * Reads the settings, with the defaults of {@code reference.conf} below them.
     *
     * @param told the keys under {@code brickwork.brick} and whatever else
     * @throws BrickStartException naming the key and what is wrong with it
     */
    public static BrickSettings of(Config told) {
        Config defaults = ConfigFactory.defaultReference(BrickSettings.class.getClassLoader());
        refuseUnknownKeys(told, defaults);
        try {
            Config config = told.withFallback(defaults).resolve().getConfig(ROOT);
            BrickId id = new BrickId(required(config, "id", "the brick's name"));
            List<SeedAddress> seeds = config.getStringList("seeds").stream()
                    .map(SeedAddress::parse)
                    .toList();
            List<MemberAddress> members = members(config, id, seeds);
            MemberAddress self = own(id, members);
            refuseDoubles(members);
            String bind = config.getString("bind");
            double fullAt = config.getDouble("full-at");
            if (!(fullAt > 0 && fullAt <= 1)) {
                throw new BrickStartException(
                        "%s.full-at is %s; it must be above 0 and at most 1".formatted(ROOT, fullAt));
            }
            return new BrickSettings(
                    id,
                    members,
                    seeds,
                    Path.of(required(config, "directory", "where the brick keeps its data")),
                    bind.isEmpty() ? self.host() : bind,
                    Names.checkNew("cluster", required(config, "cluster", "the cluster's name")),
                    token(config),
                    tokensFile(config),
                    secret(config),
                    tls(config),
                    config.getBoolean("tls.client-certificates"),
                    capacity(config),
                    config.getBytes("disk-reserve"),
                    (int) Math.round(fullAt * 1000),
                    wishes(config),
                    bytes(config, "log-segment", SegmentedLog.MIN_SEGMENT_BYTES, SegmentedLog.MAX_SEGMENT_BYTES),
                    within(config, "shutdown-handover", Duration.ZERO, LONGEST_HANDOVER),
                    within(config, "lease-term", SHORTEST_LEASE, LONGEST_LEASE),
                    within(config, "session-timeout", SHORTEST_SESSION, LONGEST_SESSION),
                    new GrowthLimits(
                            count(config, "split-records"),
                            bytes(config, "split-size", 1, Long.MAX_VALUE),
                            count(config, "split-writes"),
                            within(config, "merge-after", SHORTEST_QUIET, LONGEST_QUIET)
                                    .toNanos()),
                    config.getBoolean("control-plane"),
                    http(config));
        } catch (ConfigException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        } catch (IllegalArgumentException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        }
    }

    /**
     * One setting as a brick would take it.
     *
     * @param key below {@code brickwork.brick}
     * @param value with its unit, as it was written; a token's and a secret's are not shown
     * @param origin who said so: the command line, a file and line, or the defaults
     */
    public record Setting(String key, String value, String origin) {}

    /**
     * All settings by key, complete or not, so that what is missing can be looked for.
     *
     * @throws BrickStartException naming a key that is unknown, and the nearest that is not
     */
    public static List<Setting> explain(Config told) {
        Config defaults = ConfigFactory.defaultReference(BrickSettings.class.getClassLoader());
        refuseUnknownKeys(told, defaults);
        Config settings;
        try {
            settings = told.withFallback(defaults).resolve().getConfig(ROOT);
        } catch (ConfigException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        }
        return settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> new Setting(
                        setting.getKey(),
                        HIDDEN.contains(setting.getKey())
                                        && !setting.getValue().unwrapped().equals("")
                                ? "(set)"
                                : setting.getValue().render(ConfigRenderOptions.concise()),
                        told.hasPath(ROOT + "." + setting.getKey())
                                ? setting.getValue().origin().description()
                                : "default"))
                .toList();
    }

    private static @Nullable Path tokensFile(Config config) {
        String file = config.getString("tokens-file");
        return file.isBlank() ? null : Path.of(file);
    }

    private static @Nullable ClusterSecret secret(Config config) {
        String file = config.getString("secret-file");
        String text = config.getString("secret");
        if (!file.isBlank()) {
            return SecretFile.read(Path.of(file));
        }
        return text.isBlank() ? null : SecretFile.of(text, ROOT + ".secret");
    }

    private static @Nullable Tls tls(Config config) {
        List<String> given = Stream.of("certificate", "key", "trusted")
                .filter(file -> !config.getString("tls." + file).isBlank())
                .toList();
        if (given.isEmpty() && !config.getBoolean("tls.client-certificates")) {
            return null;
        }
        if (given.size() < 3) {
            throw new BrickStartException(
                    "TLS needs %s.tls.certificate, .key and .trusted, and of these %s set: set all three, or nothing of %s.tls"
                            .formatted(ROOT, given.isEmpty() ? "none is" : "only " + given + " is", ROOT));
        }
        return Tls.of(TlsFiles.of(
                        Path.of(config.getString("tls.certificate")),
                        Path.of(config.getString("tls.key")),
                        Path.of(config.getString("tls.trusted")))
                .named(ROOT + ".tls."));
    }

    private static Duration within(Config config, String key, Duration least, Duration most) {
        Duration value = config.getDuration(key);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new BrickStartException("%s.%s is %d ms; it must be from %d ms to %d ms"
                    .formatted(ROOT, key, value.toMillis(), least.toMillis(), most.toMillis()));
        }
        return value;
    }

    /**
     * What its buffers may take in this heap.
     *
     * @throws BrickStartException if the heap is too small for a brick, or for what has been set; says by how much
     */
    public MemoryBudget budget(long heapBytes) {
        try {
            return MemoryBudget.of(heapBytes, memory);
        } catch (IllegalArgumentException small) {
            throw new BrickStartException("brick '%s' cannot start: %s".formatted(id, small.getMessage()), small);
        }
    }

    /**
     * The shares of the memory budget, complete or not, as a brick in this process would have them.
     *
     * @throws BrickStartException as {@link #budget}
     */
    public static List<MemoryBudget.Share> explainMemory(Config told, long heapBytes) {
        Config defaults = ConfigFactory.defaultReference(BrickSettings.class.getClassLoader());
        refuseUnknownKeys(told, defaults);
        try {
            Config config = told.withFallback(defaults).resolve().getConfig(ROOT);
            MemoryBudget budget = MemoryBudget.of(heapBytes, wishes(config));
            List<MemoryBudget.Share> shares = new ArrayList<>(budget.shares());
            shares.addFirst(new MemoryBudget.Share(
                    "memory-budget", budget.totalBytes(), "all of these, of a heap of " + MemoryBudget.mib(heapBytes)));
            return shares;
        } catch (ConfigException | IllegalArgumentException bad) {
            throw new BrickStartException("settings of the brick: " + bad.getMessage(), bad);
        }
    }

    private static MemoryBudget.Wishes wishes(Config config) {
        return new MemoryBudget.Wishes(wish(config, "memory-budget"), wish(config, "overlay"), wish(config, "window"));
    }

    /** 0 for what the heap decides. */
    private static long wish(Config config, String key) {
        return config.getBytes(key) == 0 ? 0 : bytes(config, key, LEAST_BUFFER_BYTES, Long.MAX_VALUE);
    }

    /** This brick's own entry in {@link #members}. */
    public MemberAddress self() {
        return own(id, members);
    }

    /**
     * What the brick's machine must know of all this.
     *
     * @param budget what its buffers may take
     * @param contacts bricks of the cluster that it joins; nobody in particular if it is one of those that found it
     */
    public BrickConfig machineConfig(List<BrickId> contacts, BrickConfig.Drawn drawn, MemoryBudget budget) {
        List<BrickId> bricks = members.stream().map(MemberAddress::brick).toList();
        return new BrickConfig(
                id,
                self().host(),
                self().dataPort(),
                joins() ? List.of() : BrickConfig.founders(bricks),
                joins()
                        ? contacts
                        : bricks.stream().filter(brick -> !brick.equals(id)).toList(),
                drawn,
                budget.overlayBytes(),
                budget.windowBytes(),
                budget.uncommittedBytes(),
                budget.waitingBytes(),
                TableChunk.BYTES,
                fullPermille,
                leaseTerm.toNanos(),
                sessionTimeout.toNanos(),
                growth,
                Defences.ALL);
    }

    /** How the brick's links are made, dialled and taken. */
    public LinkOptions linkOptions() {
        return LinkOptions.DEFAULT
                .withToken(Bytes.utf8(token))
                .withSecret(secret)
                .withTls(tls)
                .withClientCertificates(clientCertificates);
    }

    /** Whether the brick is the only one of its cluster, and is to stay it unless it has a secret. */
    public boolean isAlone() {
        return members.size() == 1 && !joins();
    }

    /** Whether it joins a cluster that is there, instead of founding one. */
    public boolean joins() {
        return !seeds.isEmpty();
    }

    private static List<MemberAddress> members(Config config, BrickId id, List<SeedAddress> seeds) {
        List<MemberAddress> members = config.getStringList("members").stream()
                .map(MemberAddress::parse)
                .toList();
        String address = config.getString("address");
        if (seeds.isEmpty() && !address.isBlank()) {
            throw new BrickStartException(
                    "%s.address is %s, but there are no seeds: an address of its own is for a brick that joins by seeds; else its entry in members says where it is"
                            .formatted(ROOT, address));
        }
        if (seeds.isEmpty()) {
            return members;
        }
        if (!members.isEmpty()) {
            throw new BrickStartException(
                    "%s.seeds and %s.members are both given: a brick that joins learns of the others from the seeds, and needs no list of members"
                            .formatted(ROOT, ROOT));
        }
        String own = required(config, "address", "where a brick that joins by seeds listens, as host:port");
        return List.of(MemberAddress.parse(id + "=" + own));
    }

    private static MemberAddress own(BrickId id, List<MemberAddress> members) {
        return members.stream()
                .filter(member -> member.brick().equals(id))
                .findFirst()
                .orElseThrow(() -> new BrickStartException("brick '%s' is not one of the members %s"
                        .formatted(
                                id, members.stream().map(MemberAddress::brick).toList())));
    }

    private static void refuseDoubles(List<MemberAddress> members) {
        Set<BrickId> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (MemberAddress member : members) {
            if (!names.add(member.brick())) {
                throw new BrickStartException("two members are called '%s'".formatted(member.brick()));
            }
            for (int port : new int[] {member.dataPort(), member.controlPort()}) {
                if (!places.add(member.host() + ":" + port)) {
                    throw new BrickStartException(
                            "two members want %s:%d (the control plane takes the port %d above the data port unless it is named)"
                                    .formatted(member.host(), port, MemberAddress.CONTROL_OFFSET));
                }
            }
        }
    }

    private static String required(Config config, String key, String what) {
        String value = config.getString(key);
        if (value.isBlank()) {
            throw new BrickStartException("%s.%s is missing: %s".formatted(ROOT, key, what));
        }
        return value;
    }

    private static long bytes(Config config, String key, long least, long most) {
        long bytes = config.getBytes(key);
        if (bytes < least || bytes > most) {
            throw new BrickStartException("%s.%s is %d bytes; it must be %s"
                    .formatted(
                            ROOT,
                            key,
                            bytes,
                            most == Long.MAX_VALUE ? "at least " + least : "from %d to %d".formatted(least, most)));
        }
        return bytes;
    }

    private static long count(Config config, String key) {
        long count = config.getLong(key);
        if (count < 1) {
            throw new BrickStartException("%s.%s is %d; it must be at least 1".formatted(ROOT, key, count));
        }
        return count;
    }

    /**
     * One segment of the log is written while the next is there already: that much the log takes at least, and the
     * table needs something, too.
     */
    private static long capacity(Config config) {
        long bytes = config.getBytes("capacity");
        long least = 3 * config.getBytes("log-segment");
        if (bytes != 0 && bytes < least) {
            throw new BrickStartException(
                    "%s.capacity is %d bytes; it must be at least %d, three times %s.log-segment, or 0 for all that the disk has"
                            .formatted(ROOT, bytes, least, ROOT));
        }
        return bytes;
    }

    private static @Nullable SeedAddress http(Config config) {
        String address = config.getString("http");
        try {
            return address.isBlank() ? null : SeedAddress.parse(address);
        } catch (BrickStartException bad) {
            throw new BrickStartException(
                    "%s.http is '%s'; it must be host:port, such as 127.0.0.1:7600, or empty for no HTTP port"
                            .formatted(ROOT, address),
                    bad);
        }
    }

    private static String token(Config config) {
        String token = config.getString("token");
        int bytes = Bytes.utf8(token).length();
        if (bytes > Limits.TOKEN_BYTES) {
            throw new BrickStartException(
                    "%s.token has %d bytes; it must have at most %d".formatted(ROOT, bytes, Limits.TOKEN_BYTES));
        }
        return token;
    }

    private static void refuseUnknownKeys(Config told, Config defaults) {
        if (!told.hasPath(ROOT)) {
            return;
        }
        Set<String> known = keys(defaults);
        for (String key : keys(told)) {
            if (!known.contains(key)) {
                String nearest = known.stream()
                        .min(Comparator.comparingInt(right -> distance(key, right)))
                        .orElse("");
                throw new BrickStartException("there is no setting %s.%s; did you mean %s? Known are %s"
                        .formatted(ROOT, key, nearest, known));
            }
        }
    }

    /** Paths below {@code brickwork.brick}, those of nested settings with their dots. */
    private static SortedSet<String> keys(Config config) {
        return config.getConfig(ROOT).entrySet().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** How many letters must be changed, added or removed to make one word of the other. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
