package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;

/** Numbers its coupons, and writes the customer on the one that he takes: who tries again finds his own name. */
final class CarefulCoupons implements Coupons {
    private final DdsHashTable<String, String> table;

    CarefulCoupons(Dds dds) {
        table = dds.hashTable("coupons", String.class, String.class);
    }

    @Override
    public void issue(int count) {
        table.put("issued", Integer.toString(count));
    }

    @Override
    public boolean redeem(String customer) {
        while (true) {
            try {
                int issued = Integer.parseInt(table.get("issued"));
                for (int number = 1; number <= issued; number++) {
                    String owner = table.putIfAbsent("coupon-" + number, customer);
                    if (owner == null || owner.equals(customer)) {
                        return true;
                    }
                }
                return false;
            } catch (DdsException e) {
                // The cluster is in trouble: try again. If this has worked without our knowing, we find our name.
            }
        }
    }

    @Override
    public int left() {
        return Integer.parseInt(table.get("issued")) - (table.size() - 1);
    }
}
