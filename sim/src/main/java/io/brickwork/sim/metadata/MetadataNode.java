package io.brickwork.sim.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.paxos.PaxosConfig;
import io.brickwork.core.paxos.PaxosEffect;
import io.brickwork.core.paxos.PaxosInput;
import io.brickwork.core.paxos.PaxosNode;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.disk.SimLog;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A brick that does nothing but take part in the metadata log: the shell around its machine, its process and its
 * computer.
 */
final class MetadataNode implements SimNetwork.Node {
    static final long TICK_NANOS = 10_000_000;

    private final MetadataRun run;
    private final PaxosMember self;
    private final PaxosConfig config;
    private final SimRandom random;
    private final SimClock clock;
    private final SimDisk disk;
    private final int number;
    private long starts;
    private @Nullable Process process;
    private boolean isPaused;

    MetadataNode(
            MetadataRun run, PaxosMember self, PaxosConfig config, SimRandom random, SimClock clock, SimDisk disk) {
        this.run = run;
        this.self = self;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.disk = disk;
        this.number = run.network().add(this);
    }

    /** All that is gone when the process is. */
    private final class Process implements Consumer<PaxosEffect>, SimDisk.LogListener {
        private record Token(long token, long position) {}

        private final SimLog log = disk.openLog(this);
        private final ChainState state = new ChainState(self.brick().name(), run.history());
        private final PaxosNode machine =
                new PaxosNode(config, self, random.stream("node", starts), state, this::admits, this);
        private final Incarnation incarnation = new Incarnation(self.disk(), starts);
        private final MetadataDuty duty =
                new MetadataDuty(MetadataNode.this, state.metadata(), incarnation, random.stream("duty", starts));
        private final ArrayDeque<PaxosInput> inbox = new ArrayDeque<>();
        private final ArrayDeque<Token> tokens = new ArrayDeque<>();
        private final TreeMap<Long, Bytes> proposed = new TreeMap<>();
        private List<PaxosEffect.Send> sends = new ArrayList<>();
        private long lastPosition = -1;
        private long renewalStart = -1;
        private long renewalEnd;
        private boolean isTurnPlanned;
        private boolean isTickWaiting;

        boolean isGone() {
            return process != this;
        }

        private boolean admits(Bytes command, long now) {
            return duty.admits(command, now);
        }

        void begin() {
            log.replay((position, record) -> {
                lastPosition = position;
                if (record instanceof LogRecord.Paxos paxos) {
                    machine.replay(paxos.record());
                }
            });
            machine.begin(clock.nowNanos());
            log.write();
            planTick();
        }

        @Override
        public void accept(PaxosEffect effect) {
            run.line(() -> self + " ** " + effect);
            switch (effect) {
                case PaxosEffect.Send send -> sends.add(send);
                case PaxosEffect.Persist persist -> {
                    append(persist.records());
                    tokens.addLast(new Token(persist.token(), lastPosition));
                    log.requestSync();
                }
                case PaxosEffect.Append append -> append(append.records());
                case PaxosEffect.Renewal renewal -> {
                    renewalStart = append(renewal.records());
                    renewalEnd = lastPosition;
                    log.requestSync();
                }
                case PaxosEffect.Answered answered -> {
                    Bytes command = Check.present(proposed.remove(answered.ticket()), "answered twice");
                    long index = new ByteReader(answered.answer()).fixed64();
                    run.history().acknowledged(self.brick().name(), command, answered.slot(), index);
                }
                case PaxosEffect.Unanswered unanswered -> proposed.remove(unanswered.ticket());
                case PaxosEffect.Disbelieved said ->
                    throw new Check.InvariantBroken("a node says what cannot be: " + said);
                case PaxosEffect.Mended mended ->
                    throw new Check.InvariantBroken("a disk holds what cannot be: " + mended);
                case PaxosEffect.Advanced advanced ->
                    run.history().reached(self.brick().name(), advanced.slot(), state.count(), state.chain());
                case PaxosEffect.Elected elected -> {
                    duty.onElected(elected.quietNanos());
                    run.onElected(elected.ballot());
                }
                case PaxosEffect.Deposed deposed -> {
                    duty.onDeposed();
                    run.onDeposed();
                }
                case PaxosEffect.MembersChanged changed -> run.onMembersChanged();
            }
        }

        /** Returns where the first of them stands. */
        private long append(List<PaxosRecord> records) {
            long first = -1;
            for (PaxosRecord record : records) {
                lastPosition = log.append(new LogRecord.Paxos(record));
                first = first < 0 ? lastPosition : first;
            }
            return first;
        }

        @Override
        public void synced(long position) {
            PaxosInput.Persisted last = null;
            while (!tokens.isEmpty() && tokens.getFirst().position < position) {
                last = new PaxosInput.Persisted(tokens.removeFirst().token);
            }
            if (last != null) {
                take(last);
            }
            if (renewalStart >= 0 && renewalEnd < position) {
                log.trim(renewalStart);
                renewalStart = -1;
            }
        }

        @Override
        public void failed(StoreFailedException failure) {
            throw new Check.InvariantBroken("no disk fails in this run: " + failure.getMessage());
        }

        void take(PaxosInput input) {
            inbox.addLast(input);
            planTurn();
        }

        void planTurn() {
            if (!isTurnPlanned && !isPaused && !inbox.isEmpty()) {
                isTurnPlanned = true;
                run.queue().after(random.nextInt(100_000), this::turn);
            }
        }

        private void planTick() {
            run.queue().after(clock.virtualDelay(TICK_NANOS), () -> {
                if (!isGone()) {
                    if (!isTickWaiting) {
                        isTickWaiting = true;
                        take(new PaxosInput.Tick());
                    }
                    planTick();
                }
            });
        }

        private void turn() {
            if (isGone()) {
                return;
            }
            isTurnPlanned = false;
            if (isPaused) {
                return;
            }
            int inputs = Math.min(inbox.size(), random.between(1, 8));
            long now = clock.nowNanos();
            for (int i = 0; i < inputs; i++) {
                PaxosInput input = inbox.removeFirst();
                isTickWaiting &= !(input instanceof PaxosInput.Tick);
                run.line(() -> self + " <- " + input);
                machine.step(input, now);
            }
            duty.onTurn(machine, now);
            int moment = run.drawCrash() ? random.between(0, 3) : -1;
            if (moment == 0) {
                crash(random.nextBoolean(), "before the write");
                return;
            }
            if (moment == 1) {
                log.writePartly(random.nextInt(log.unwrittenRecords() + 1));
                crash(random.nextBoolean(), "in the middle of the write");
                return;
            }
            log.write();
            List<PaxosEffect.Send> leaving = sends;
            sends = new ArrayList<>();
            int sent = moment >= 2 ? random.nextInt(leaving.size() + 1) : leaving.size();
            long delay = random.nextInt(20_000);
            if (run.drawPause()) {
                pause(random.scaled(1_000_000, 4_000_000_000L));
                delay = random.scaled(1_000_000, 3_000_000_000L);
            }
            run.queue().after(delay, () -> {
                if (!isGone()) {
                    leaving.subList(0, sent).forEach(send -> run.send(number, send.to(), send.message()));
                    if (moment >= 2) {
                        crash(random.nextBoolean(), "in the middle of sending");
                    }
                }
            });
            planTurn();
        }
    }

    // ---- life

    void start() {
        Check.state(process == null, "%s runs already", self);
        starts++;
        run.note(self + " starts");
        Process started = new Process();
        process = started;
        isPaused = false;
        run.network().nodeUp(number);
        started.begin();
    }

    void crash(boolean losesPower, String when) {
        run.note(self + (losesPower ? " loses power " : " is killed ") + when);
        process = null;
        if (losesPower) {
            disk.losePower();
        } else {
            disk.killProcess();
        }
        run.network().nodeDown(number, losesPower);
        run.onCrash(this);
    }

    void pause(long nanos) {
        Process paused = process;
        isPaused = true;
        run.queue().after(nanos, () -> {
            if (paused != null && !paused.isGone()) {
                resume();
            }
        });
    }

    void resume() {
        isPaused = false;
        if (process != null) {
            process.planTurn();
        }
    }

    /** Whether all that this brick would answer now is still its to answer. */
    void checkServing() {
        Process running = process;
        if (running != null) {
            running.duty.checkServing(run.history(), clock.nowNanos());
        }
    }

    /** Has the brick say that it serves the group no more below this epoch; whether it can. */
    boolean fence(PartitionId partition, long epoch) {
        Process running = process;
        if (running == null || isPaused) {
            return false;
        }
        running.duty.fence(partition, epoch);
        return true;
    }

    MetadataRun run() {
        return run;
    }

    boolean isUp() {
        return process != null;
    }

    int number() {
        return number;
    }

    BrickId brick() {
        return self.brick();
    }

    PaxosMember member() {
        return self;
    }

    /** The machine, while it runs. */
    @Nullable
    PaxosNode machine() {
        return process == null ? null : process.machine;
    }

    /** Proposals that were not answered yet. */
    int openProposals() {
        return process == null ? 0 : process.proposed.size();
    }

    void propose(long ticket, Bytes command) {
        if (process != null) {
            process.proposed.put(ticket, command);
            process.take(new PaxosInput.Propose(ticket, command));
        }
    }

    void tell(PaxosInput input) {
        if (process != null) {
            process.take(input);
        }
    }

    // ---- network

    @Override
    public void linkUp(int peer) {
        // What is not answered is sent again.
    }

    @Override
    public void linkDown(int peer) {
        // What is not answered is sent again.
    }

    @Override
    public void deliver(int peer, Message message) {
        Process running = process;
        if (message instanceof PaxosMessage paxos) {
            tell(new PaxosInput.Received(run.node(peer).brick(), paxos));
        } else if (message instanceof LeaseMessage lease && running != null && !isPaused) {
            running.duty.onLease(run.node(peer).brick(), lease, running.machine, clock.nowNanos());
        }
    }
}
