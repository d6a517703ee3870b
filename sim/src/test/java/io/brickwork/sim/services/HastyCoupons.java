package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;

/** Counts down, and tries again when something goes wrong. */
final class HastyCoupons implements Coupons {
    private final DdsHashTable<String, Integer> table;

    HastyCoupons(Dds dds) {
        table = dds.hashTable("coupons", String.class, Integer.class);
    }

    @Override
    public void issue(int count) {
        table.put("left", count);
    }

    @Override
    public boolean redeem(String customer) {
        while (true) {
            try {
                Integer left = table.get("left");
                if (left == 0) {
                    return false;
                }
                if (table.replace("left", left, left - 1)) {
                    return true;
                }
            } catch (DdsException e) {
                // The cluster is in trouble: try again.
            }
        }
    }

    @Override
    public int left() {
        return table.get("left");
    }
}
