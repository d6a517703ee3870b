package io.brickwork.examples.orders;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;

/** Looks whether there is enough, and then takes it: between the two others look as well. */
public final class HastyOrders implements OrderService {
    private final DdsHashTable<String, Integer> stock;
    private final DdsTree<Order.Place, Order> orders;

    public HastyOrders(Dds dds) {
        stock = dds.hashTable("stock", String.class, Integer.class);
        orders = dds.tree("orders", Order.Place.class, Order.class);
    }

    @Override
    public void stock(String item, int count) {
        stock.merge(item, count, Integer::sum);
    }

    @Override
    public boolean place(Order order) {
        while (true) {
            try {
                if (orders.containsKey(order.place())) {
                    return true; // an earlier try has got through
                }
                int left = stock.getOrDefault(order.item(), 0);
                if (left < order.count()) {
                    return false;
                }
                stock.put(order.item(), left - order.count());
                orders.put(order.place(), order);
                return true;
            } catch (DdsException e) {
                // The cluster is in trouble: try again.
            }
        }
    }

    @Override
    public int left(String item) {
        return stock.getOrDefault(item, 0);
    }

    @Override
    public int ordered(String item) {
        return orders.values().stream()
                .filter(order -> order.item().equals(item))
                .mapToInt(Order::count)
                .sum();
    }
}
