package io.brickwork.sim.services;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import java.util.Map;
import java.util.TreeSet;

/**
 * Names of users, each of one user. With a bug: the name is taken in one table and the user made in another, and who
 * dies in between leaves a name that nobody has.
 */
final class Usernames {
    private final DdsHashTable<String, Integer> owners;
    private final DdsHashTable<Integer, String> users;

    Usernames(Dds dds) {
        owners = dds.hashTable("owners", String.class, Integer.class);
        users = dds.hashTable("users", Integer.class, String.class);
    }

    /** Whether the name was free, and is the user's from here on. */
    boolean register(int user, String name) {
        if (owners.putIfAbsent(name, user) != null) {
            return false;
        }
        users.put(user, name);
        return true;
    }

    /** Names that are taken, by somebody who does not exist. */
    TreeSet<String> orphans() {
        TreeSet<String> orphans = new TreeSet<>();
        for (Map.Entry<String, Integer> taken : owners.entrySet()) {
            if (!taken.getKey().equals(users.get(taken.getValue()))) {
                orphans.add(taken.getKey());
            }
        }
        return orphans;
    }
}
