package io.brickwork.sim.disk;

import io.brickwork.core.Bytes;
import io.brickwork.core.table.Table;
import io.brickwork.core.table.TableContract;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import java.util.function.LongConsumer;

class SimTableTest extends TableContract {
    private final EventQueue queue = new EventQueue();
    private final SimRandom random = new SimRandom(0x7ab1e);
    private final SimDisk disk = new SimDisk(queue, random.stream("disk"), DiskOptions.DEFAULT, new Harms());

    @Override
    protected Table open(LongConsumer applied) {
        return disk.openTable(applied);
    }

    @Override
    protected void settle() {
        while (queue.runNext()) {
            // Until nothing is left to happen.
        }
    }

    @Override
    protected void crash() {
        queue.runUntil(queue.nowNanos() + random.between(0, 2 * DiskOptions.DEFAULT.applyMeanNanos()));
        disk.losePower();
    }

    @Override
    protected void damage(int structure, Bytes recordKey) {
        disk.rotRecord(structure, recordKey);
    }
}
