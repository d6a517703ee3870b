package io.brickwork.bricks.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.table.Table;
import io.brickwork.core.table.TableContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Txn;

/** The contract of a table, on LMDB and a real disk. */
class LmdbTableTest extends TableContract {
    @TempDir
    Path temp;

    private final Queue<StoreFailedException> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore told = new Semaphore(0);
    private int crashes;

    /** Processes are numbered by the crashes before them; one that is dead tells nothing. */
    @Override
    protected Table open(LongConsumer applied) {
        int mine = crashes;
        return LmdbTable.open(
                options(),
                () -> 0,
                System::nanoTime,
                batch -> {
                    synchronized (told) {
                        if (mine == crashes) {
                            applied.accept(batch);
                            told.release();
                        }
                    }
                },
                failures::add);
    }

    private TableOptions options() {
        return TableOptions.of(temp.resolve("life" + crashes)).withDiskReserveBytes(0);
    }

    @Override
    protected void settle() {
        try {
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * What a killed process leaves: the file as it is at this moment, which a little later in each round is another
     * moment of the transaction. LMDB writes the page that makes a transaction count after all others, and the copy
     * reads it before all others.
     */
    @Override
    protected void crash() {
        Path old = options().directory();
        long moment = System.nanoTime() + crashes * 250_000L;
        while (System.nanoTime() < moment) {
            Thread.onSpinWait();
        }
        synchronized (told) {
            crashes++;
        }
        try {
            Files.createDirectories(options().directory());
            Files.copy(old.resolve("data.mdb"), options().directory().resolve("data.mdb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.close();
        told.drainPermits();
    }

    @Override
    protected void damage(int structure, Bytes recordKey) {
        try (LmdbStore store = LmdbStore.open(options());
                Txn<DirectBuffer> txn = store.beginWrite()) {
            NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
            byte[] row = NativeBytes.copy(store.data.get(txn, key.dataKey(structure, recordKey)), 0)
                    .toArray();
            row[row.length / 2] ^= 4;
            store.data.put(txn, key.dataKey(structure, recordKey), new NativeBytes(row.length).of(Bytes.wrap(row)));
            txn.commit();
        }
    }

    @AfterEach
    void nothingFailed() {
        assertThat(failures).isEmpty();
    }
}
