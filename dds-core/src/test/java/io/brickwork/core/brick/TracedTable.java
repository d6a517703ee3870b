package io.brickwork.core.brick;

import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;

/** A table whose batches come into a transcript when they are handed over. */
record TracedTable(Table table, Transcript transcript) implements Table {
    @Override
    public Snapshot snapshot() {
        return table.snapshot();
    }

    @Override
    public void apply(Batch batch) {
        transcript.effect("table <- " + TraceText.of(batch));
        table.apply(batch);
    }

    @Override
    public int fillPermille() {
        return table.fillPermille();
    }

    @Override
    public void close() {
        table.close();
    }
}
