package io.brickwork.sim.services;

/** A small service: a number of coupons, each for one customer. */
interface Coupons {
    /** Begins with so many. */
    void issue(int count);

    /** Takes one for this customer; false if there is none left. Customers take one each. */
    boolean redeem(String customer);

    /** How many are left. */
    int left();
}
