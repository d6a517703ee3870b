package io.brickwork.examples.orders;

/** Takes orders for what is in stock. */
public interface OrderService {
    /** Puts so many of an item on the shelf. */
    void stock(String item, int count);

    /** Takes the order, once however often it is asked; false if there is not enough left. */
    boolean place(Order order);

    /** How many of an item are left. */
    int left(String item);

    /** How many of an item have been ordered. */
    int ordered(String item);
}
