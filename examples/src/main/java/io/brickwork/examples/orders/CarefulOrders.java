package io.brickwork.examples.orders;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;

/** Looks and takes in one transaction, over the hash table and the tree. */
public final class CarefulOrders implements OrderService {
    private final Dds dds;
    private final DdsHashTable<String, Integer> stock;
    private final DdsTree<Order.Place, Order> orders;

    public CarefulOrders(Dds dds) {
        this.dds = dds;
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
                return dds.transactAndGet(tx -> {
                    DdsHashTable<String, Integer> stockNow = tx.on(stock);
                    DdsTree<Order.Place, Order> ordersNow = tx.on(orders);
                    if (ordersNow.containsKey(order.place())) {
                        return true; // an earlier try has got through
                    }
                    int left = stockNow.getOrDefault(order.item(), 0);
                    if (left < order.count()) {
                        return false;
                    }
                    stockNow.put(order.item(), left - order.count());
                    ordersNow.put(order.place(), order);
                    return true;
                });
            } catch (DdsException e) {
                // The cluster is in trouble: try again. If this was done without our knowing, we find our order.
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
