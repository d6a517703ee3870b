package io.brickwork.sim.workload;

import io.brickwork.check.Bank;
import io.brickwork.check.Finding;
import io.brickwork.check.TransactionHistory;
import io.brickwork.check.TransactionHistory.Ending;
import io.brickwork.check.TransactionHistory.Step;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.RangeDigest;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of transactions over two structures: some append to lists and read them, also by range; some move
 * money between accounts, some add it all up.
 *
 * <p>Each reads what it needs, one after the other, and is sent whole; after a conflict it is made anew, from new
 * reads. If its client crashes, what is open stays unknown for ever.
 */
public final class TransactionCaller implements SimClient.Program {
    /** What every account begins with. */
    public static final long BALANCE = 100;

    private static final String ACCOUNT = "b";
    /** So often a transaction is made anew. */
    private static final int TRIES = 8;

    private static final int PAGE_ROWS = 3;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final World world;
    private final List<TransactionPlace> places;
    private final TransactionHistory history;
    private final List<Finding> findings;
    private final TransactionOptions options;
    private final SimRandom random;
    /** Decides which accounts are closed. */
    private final SimRandom closing;

    private final CallTally tally = new CallTally();
    private SimClient client;
    private int life;
    private int begun;
    private int ended;
    private int drawn;
    private boolean isPatient;
    private @Nullable Attempt open;

    /** @param findings takes what it sees that cannot be */
    public TransactionCaller(
            World world,
            SimClient client,
            List<TransactionPlace> places,
            TransactionHistory history,
            List<Finding> findings,
            TransactionOptions options) {
        this.world = world;
        this.client = client;
        this.places = List.copyOf(places);
        this.history = history;
        this.findings = findings;
        this.options = options;
        this.random = world.random("transactions").stream(client.name());
        this.closing = world.random("closed accounts").stream(client.name());
        client.run(this);
    }

    /** A key of one of the structures. */
    private record Place(TransactionPlace in, String key) {
        Bytes recordKey() {
            return in.recordKey(key);
        }

        String called() {
            return in.called(key);
        }
    }

    private Place list(int structure, int number) {
        return new Place(places.get(structure), TransactionPlace.LIST + number);
    }

    private List<Place> accounts() {
        List<Place> all = new ArrayList<>();
        for (TransactionPlace place : places) {
            for (int i = 0; i < options.accounts(); i++) {
                all.add(new Place(place, ACCOUNT + i));
            }
        }
        return all;
    }

    private List<Place> lists() {
        List<Place> all = new ArrayList<>();
        for (int structure = 0; structure < places.size(); structure++) {
            for (int i = 0; i < options.lists(); i++) {
                all.add(list(structure, i));
            }
        }
        return all;
    }

    // ---- the stream

    /** Begins; goes on by itself. */
    public void begin() {
        next();
    }

    /** Whether all that was planned has ended. */
    public boolean isDone() {
        return ended == options.transactions();
    }

    /** What became of its transactions, by kind. */
    public CallTally tally() {
        return tally;
    }

    private void next() {
        if (begun == options.transactions()) {
            return;
        }
        begun++;
        int mine = life;
        world.queue().after(random.tailed(0, options.thinkNanos()), () -> {
            if (mine == life) {
                run(draw(), 0, outcome -> {
                    ended++;
                    next();
                });
            }
        });
    }

    @Override
    public void onCrash() {
        life++;
        Attempt lost = open;
        if (lost != null) {
            open = null;
            lost.end(Ending.UNKNOWN);
            ended++;
        }
        begun = ended;
    }

    @Override
    public void onRestart(SimClient successor) {
        client = successor;
        next();
    }

    // ---- one transaction

    /** What a transaction is to do, before anything is read. */
    private record Plan(
            List<Place> reads,
            List<Place> appends,
            List<Transfer> transfers,
            boolean isAudit,
            @Nullable KeyRange range) {}

    /** @param isClosing whether all that there is is moved */
    private record Transfer(Place from, Place to, long amount, boolean isClosing) {}

    private Plan draw() {
        int dice = random.nextInt(100);
        if (dice < 25) {
            List<Place> accounts = accounts();
            Place from = random.pick(accounts);
            Place to = random.pick(accounts);
            return new Plan(List.of(), List.of(), List.of(transfer(from, to)), false, null);
        }
        if (dice < 35) {
            return new Plan(List.of(), List.of(), List.of(), true, null);
        }
        List<Place> lists = lists();
        TreeSet<Integer> chosen = new TreeSet<>();
        for (int i = random.between(1, 4); i > 0; i--) {
            chosen.add(random.nextInt(lists.size()));
        }
        boolean readsOnly = dice < 50;
        List<Place> reads = new ArrayList<>();
        List<Place> appends = new ArrayList<>();
        for (int number : chosen) {
            reads.add(lists.get(number));
            if (!readsOnly && random.nextBoolean()) {
                appends.add(lists.get(number));
                if (random.nextInt(4) == 0) {
                    appends.add(lists.get(number)); // twice
                }
            }
        }
        KeyRange range = random.nextInt(3) == 0 ? range() : null;
        return new Plan(reads, appends, List.of(), false, range);
    }

    private Transfer transfer(Place from, Place to) {
        return new Transfer(from, to, 1 + random.nextInt(10), closing.nextInt(4) == 0);
    }

    /** A range of the ordered structure, the last of them. */
    private KeyRange range() {
        TransactionPlace tree = places.getLast();
        Bytes one = tree.recordKey(TransactionPlace.LIST + random.nextInt(options.lists()));
        Bytes other = tree.recordKey(TransactionPlace.LIST + random.nextInt(options.lists()))
                .concat(Bytes.utf8("~"));
        return one.compareTo(other) < 0 ? new KeyRange(one, other) : new KeyRange(other, null);
    }

    private void run(Plan plan, int tries, Consumer<Ending> then) {
        Attempt attempt = new Attempt(plan, tries, then);
        open = attempt;
        attempt.readNext();
    }

    /**
     * Reads all lists and adds up all accounts in one transaction each, and again until it succeeds; nothing goes wrong
     * any more.
     */
    public void readEverything(Runnable then) {
        isPatient = true;
        run(new Plan(lists(), List.of(), List.of(), false, KeyRange.ALL), 0, lists -> {
            if (lists != Ending.COMMITTED) {
                readEverything(then);
            } else {
                audit(then);
            }
        });
    }

    private void audit(Runnable then) {
        run(new Plan(List.of(), List.of(), List.of(), true, null), 0, sum -> {
            if (sum != Ending.COMMITTED) {
                audit(then);
            } else {
                then.run();
            }
        });
    }

    /** One transaction under way. */
    private final class Attempt {
        private final Plan plan;
        private final int tries;
        private final Consumer<Ending> then;
        private final int number;
        private final int mine = life;
        private final ArrayDeque<Place> toRead = new ArrayDeque<>();
        private @Nullable KeyRange rest;
        private final TreeMap<String, Optional<RecordAccess.Found>> found = new TreeMap<>();
        private final TreeMap<Bytes, RecordAccess.Found> inRange = new TreeMap<>();
        private final List<Minitransaction.Item> items = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();

        Attempt(Plan plan, int tries, Consumer<Ending> then) {
            this.plan = plan;
            this.tries = tries;
            this.then = then;
            number = history.begin(client.name(), world.queue().nowNanos());
            plan.reads.forEach(toRead::add);
            plan.transfers.forEach(transfer -> {
                toRead.add(transfer.from);
                toRead.add(transfer.to);
            });
            if (plan.isAudit) {
                accounts().forEach(toRead::add);
            }
            rest = plan.range;
        }

        private long timeout() {
            return isPatient ? PATIENCE_NANOS : random.scaled(10_000_000, options.timeoutNanos());
        }

        void readNext() {
            Place place = toRead.poll();
            KeyRange range = rest;
            if (place != null && found.containsKey(place.called())) {
                readNext();
            } else if (place != null) {
                submit(RecordAccess.find(place.in.structure(), place.recordKey()), record -> {
                    found.put(place.called(), record);
                    expect(place, record);
                    readNext();
                });
            } else if (range != null) {
                readRange(range);
            } else {
                commit();
            }
        }

        private void readRange(KeyRange range) {
            TransactionPlace tree = places.getLast();
            submit(RecordAccess.page(tree.structure(), range, false, PAGE_ROWS), page -> {
                KeyRange left = page.rest();
                KeyRange seen = left == null ? range : range.minus(left);
                RangeDigest digest = new RangeDigest();
                page.rows().forEach(row -> {
                    digest.add(row.key(), row.version());
                    inRange.put(row.key(), new RecordAccess.Found(row.version(), row.value()));
                });
                if (seen != null) {
                    items.add(new Minitransaction.Expect(tree.structure(), new Compare.SameRange(seen, digest.end())));
                }
                rest = left;
                readNext();
            });
        }

        private <R> void submit(Operation<R> operation, Consumer<R> with) {
            client.submit(operation, ReadMode.LINEARIZABLE, timeout(), outcome -> {
                if (mine != life) {
                    return;
                }
                switch (outcome) {
                    case Outcome.Done done -> with.accept(operation.decoder().apply(done.result()));
                    case Outcome.Failed failed -> end(Ending.ABORTED); // nothing was sent but reads
                }
            });
        }

        private void expect(Place place, Optional<RecordAccess.Found> record) {
            Compare compare = record.isEmpty()
                    ? new Compare.Absent(place.recordKey())
                    : random.nextInt(4) == 0 && !isReadOnly()
                            ? new Compare.HasValue(
                                    place.recordKey(), record.get().value())
                            : new Compare.Unchanged(
                                    place.recordKey(), record.get().version());
            items.add(new Minitransaction.Expect(place.in.structure(), compare));
        }

        private boolean isReadOnly() {
            return plan.appends.isEmpty() && plan.transfers.isEmpty();
        }

        private void commit() {
            for (Place place : plan.reads) {
                steps.add(new TransactionHistory.Read(place.called(), values(found.get(place.called()))));
            }
            if (plan.range != null) {
                readSteps(plan.range);
            }
            TreeMap<String, String> changed = new TreeMap<>();
            for (Place place : plan.appends) {
                String value = client.name() + "." + ++drawn;
                steps.add(new TransactionHistory.Append(place.called(), value));
                String before =
                        changed.getOrDefault(place.called(), String.join(",", values(found.get(place.called()))));
                changed.put(place.called(), before.isEmpty() ? value : before + "," + value);
            }
            for (Place place : new ArrayList<>(plan.appends)) {
                String text = changed.remove(place.called());
                if (text != null) {
                    write(place, text);
                }
            }
            plan.transfers.forEach(this::transfer);
            client.transact(new Minitransaction(items), tries, timeout(), outcome -> {
                if (mine == life) {
                    onOutcome(outcome);
                }
            });
        }

        /** What a range shows of the lists in it; one that is not shown is empty. */
        private void readSteps(KeyRange range) {
            TransactionPlace tree = places.getLast();
            for (int i = 0; i < options.lists(); i++) {
                Place place = new Place(tree, TransactionPlace.LIST + i);
                if (range.contains(place.recordKey())) {
                    steps.add(new TransactionHistory.Read(
                            place.called(), values(Optional.ofNullable(inRange.get(place.recordKey())))));
                }
            }
        }

        private List<String> values(@Nullable Optional<RecordAccess.Found> record) {
            String text = record == null
                    ? ""
                    : record.map(one -> one.value().toUtf8()).orElse("");
            return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
        }

        private void transfer(Transfer transfer) {
            long from = balance(transfer.from);
            long amount = transfer.isClosing ? from : transfer.amount;
            if (!transfer.from.equals(transfer.to)) {
                settle(transfer.from, from - amount);
                settle(transfer.to, balance(transfer.to) + amount);
            }
        }

        /** An account with nothing in it is removed, and created again by the next transfer to it. */
        private void settle(Place account, long balance) {
            Bytes value = balance == 0 ? null : Bytes.utf8(String.valueOf(balance));
            items.add(new Minitransaction.Write(account.in.structure(), new Effect(account.recordKey(), value)));
        }

        private long balance(Place account) {
            Optional<RecordAccess.Found> record = found.get(account.called());
            return record == null || record.isEmpty()
                    ? 0
                    : Long.parseLong(record.get().value().toUtf8());
        }

        private void write(Place place, String text) {
            items.add(new Minitransaction.Write(place.in.structure(), new Effect(place.recordKey(), Bytes.utf8(text))));
        }

        private void onOutcome(Outcome outcome) {
            tally.add(kind(), outcome);
            switch (outcome) {
                case Outcome.Done done -> {
                    checkSum();
                    end(Ending.COMMITTED);
                }
                case Outcome.Failed(DdsException.Conflict lost)
                when tries + 1 < TRIES -> {
                    open = null;
                    history.end(number, Ending.ABORTED, steps, world.queue().nowNanos());
                    run(plan, tries + 1, then);
                }
                case Outcome.Failed(DdsException failure) ->
                    end(failure.certainlyDidNotHappen() ? Ending.ABORTED : Ending.UNKNOWN);
            }
        }

        private String kind() {
            String does = isReadOnly() ? "transaction that reads" : "transaction that writes";
            return plan.range == null ? does : does + ", also by range";
        }

        private void checkSum() {
            if (plan.isAudit) {
                TreeMap<String, Long> balances = new TreeMap<>();
                accounts().forEach(account -> balances.put(account.called(), balance(account)));
                findings.addAll(
                        Bank.checkSum("T" + number + " by " + client.name(), balances, BALANCE * balances.size()));
            }
        }

        void end(Ending ending) {
            if (open == this) {
                open = null;
            }
            history.end(number, ending, steps, world.queue().nowNanos());
            if (mine == life) {
                then.accept(ending);
            }
        }
    }

    /** The transaction that gives every account what it begins with. */
    public Minitransaction founding() {
        List<Minitransaction.Item> items = new ArrayList<>();
        for (Place account : accounts()) {
            items.add(new Minitransaction.Write(
                    account.in.structure(), new Effect(account.recordKey(), Bytes.utf8(String.valueOf(BALANCE)))));
        }
        return new Minitransaction(items);
    }
}
