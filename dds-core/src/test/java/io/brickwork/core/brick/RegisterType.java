package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import java.util.List;

/**
 * The simplest structure: one partition of named registers. An operation is text: {@code put k v}, {@code add k v},
 * {@code del k}, {@code get k}, {@code count}, {@code boom}.
 */
public final class RegisterType implements StructureType {
    public static final RegisterType INSTANCE = new RegisterType();

    @Override
    public String name() {
        return "register";
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return new PartitionMap() {
            @Override
            public int locate(Bytes recordKey) {
                return 0;
            }

            @Override
            public KeyRange range(int partition) {
                return KeyRange.ALL;
            }

            @Override
            public List<Integer> partitions() {
                return List.of(0);
            }
        };
    }

    @Override
    public boolean isRead(Bytes body) {
        return body.toUtf8().startsWith("get") || body.toUtf8().startsWith("count");
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        String[] words = body.toUtf8().split(" ");
        Bytes key = Bytes.utf8(words.length > 1 ? words[1] : "");
        Bytes old = words.length > 1 ? records.get(key) : null;
        String text = old == null ? "" : old.toUtf8();
        switch (words[0]) {
            case "put" -> changes.put(key, Bytes.utf8(words[2]));
            case "add" -> changes.put(key, Bytes.utf8(text + words[2]));
            case "del" -> changes.delete(key);
            case "get" -> {}
            case "count" -> {
                return Bytes.utf8(Long.toString(records.count()));
            }
            case "boom" -> throw new IllegalStateException("boom");
            case "putboom" -> {
                changes.put(key, Bytes.utf8("x"));
                throw new IllegalStateException("boom");
            }
            case "putmany" -> { // the same key again and again: the last value counts
                for (int i = 0; i < 100; i++) {
                    changes.put(key, Bytes.wrap(new byte[256 << 10]));
                }
            }
            default -> throw new MalformedOperationException("no operation " + words[0]);
        }
        return Bytes.utf8(text);
    }
}
