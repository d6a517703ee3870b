package io.brickwork.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.client.ScriptedClient.Sent;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.outcome.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The client among bricks and a network that do anything they may: requests and answers wait for ever so long, links
 * break with requests in them that are executed later, views change, attempts are refused. Whatever is told must be
 * true then and stay true.
 */
class ClientMachineModelTest {
    private static final List<BrickId> BRICKS = List.of(ScriptedClient.A, ScriptedClient.B, ScriptedClient.C);

    private final ScriptedClient client = new ScriptedClient(null, new SplittableRandom(3));
    private final List<Sent> requests = new ArrayList<>();
    private final List<Sent> answers = new ArrayList<>();
    /** Answers stored, by operation; what a group of replicas knows together. */
    private final TreeMap<Long, Bytes> executed = new TreeMap<>();

    private final TreeMap<Integer, Long> lowWater = new TreeMap<>();
    private final TreeMap<Integer, View> views = new TreeMap<>();
    private final TreeSet<BrickId> linked = new TreeSet<>();
    private final TreeMap<Long, Long> callOfNumber = new TreeMap<>();
    private final TreeMap<Long, Long> numberOfCall = new TreeMap<>();
    private final TreeMap<Long, Long> deadlines = new TreeMap<>();
    private int executions;
    private long lowWaterSent;
    private long lowWaterChecked;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whatIsToldIsTrueAndStaysTrue(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int linkTrouble = random.nextInt(0, 20);
        int refusals = random.nextInt(0, 80);
        for (int i = 0; i < 3000; i++) {
            play(random, linkTrouble, refusals);
        }
        client.pass(2100);
        assertThat(client.machine.openCalls())
                .as("calls without an outcome after all deadlines")
                .isZero();
        for (int i = 0; i < requests.size(); i++) {
            execute(requests.get(i), random, 0); // what sat in a buffer comes out of it
        }
        callOfNumber.forEach((number, call) -> numberOfCall.put(call, number));
        client.outcomes.forEach(this::checkTold);
        assertThat(executions).as("operations executed twice").isEqualTo(executed.size());
        assertThat(executed).isNotEmpty();
    }

    private void play(SplittableRandom random, int linkTrouble, int refusals) {
        int dice = random.nextInt(1000);
        if (dice < 250) {
            long timeout = (1 + random.nextInt(2000)) * ScriptedClient.MILLIS;
            long call = client.submit(random.nextInt(4), random.nextInt(4) == 0, timeout);
            deadlines.put(call, client.now + timeout);
        } else if (dice < 550) {
            if (!requests.isEmpty()) {
                execute(requests.remove(random.nextInt(requests.size())), random, refusals);
            }
        } else if (dice < 850) {
            if (!answers.isEmpty()) {
                Sent answer = answers.remove(random.nextInt(answers.size()));
                client.receive(answer.to(), answer.message());
            }
        } else if (dice < 850 + linkTrouble) {
            BrickId brick = BRICKS.get(random.nextInt(3));
            if (linked.remove(brick)) {
                client.down(brick);
                answers.removeIf(answer -> answer.to().equals(brick));
            }
        } else if (dice < 900) {
            BrickId brick = BRICKS.get(random.nextInt(3));
            if (linked.add(brick)) {
                client.up(brick, 1 + random.nextInt(8));
            }
        } else if (dice < 905) {
            int partition = random.nextInt(4);
            views.merge(
                    partition,
                    ScriptedClient.view(1, BRICKS.get(random.nextInt(3))),
                    (old, fresh) -> fresh.atEpoch(old.epoch() + 1));
        } else if (dice < 915 && !deadlines.isEmpty()) {
            client.step(new ClientInput.Abandon(1 + random.nextLong(deadlines.lastKey())));
        } else {
            client.pass(1 + random.nextInt(30));
        }
        collect();
        deadlines.keySet().removeIf(call -> !client.isOpen(call));
        deadlines.forEach((call, deadline) -> {
            if (client.now > deadline + ClientMachine.TICK_NANOS) {
                fail("call %d is open after its deadline", call);
            }
        });
    }

    private void collect() {
        for (Sent sent = client.sent.poll(); sent != null; sent = client.sent.poll()) {
            if (!linked.contains(sent.to())) {
                fail("sent to %s, which has no link", sent.to());
            }
            if (sent.message() instanceof CallMessage.Write write) {
                long call = Long.parseLong(write.body().toUtf8().substring("body".length()));
                Long earlier = callOfNumber.put(write.operation().number(), call);
                if (earlier != null && earlier != call) {
                    fail("calls %d and %d are both %s", earlier, call, write.operation());
                }
                lowWaterSent = Math.max(lowWaterSent, write.lowWater());
                for (long passed :
                        callOfNumber.subMap(lowWaterChecked, lowWaterSent).values()) {
                    if (client.isOpen(passed)) {
                        fail("call %d is open below the mark %d", passed, write.lowWater());
                    }
                }
                lowWaterChecked = lowWaterSent;
            }
            requests.add(sent);
        }
    }

    /** A brick takes a request, whether or not the link is still there over which it came. */
    private void execute(Sent sent, SplittableRandom random, int refusals) {
        CallMessage.Request request = (CallMessage.Request) sent.message();
        PartitionId partition = request.partition();
        View view = views.get(partition.number());
        if (random.nextInt(100) < refusals) {
            reply(sent, refusal(request, random.nextInt(8) == 0 ? Reason.NO_SPACE : Reason.OVERLOADED, null));
        } else if (view != null && request.epoch() != view.epoch()) {
            reply(sent, refusal(request, Reason.WRONG_EPOCH, view));
        } else {
            reply(
                    sent,
                    switch (request) {
                        case CallMessage.Read read -> answer(request, read.body());
                        case CallMessage.Write write -> write(write);
                        case CallMessage.Inquire ask ->
                            executed.containsKey(ask.operation().number())
                                    ? answer(
                                            request,
                                            executed.get(ask.operation().number()))
                                    : refusal(request, Reason.NEVER_SEEN, null);
                        case CallMessage.OfTransaction one -> throw new AssertionError("nobody asked for " + one);
                    });
        }
    }

    private CallMessage write(CallMessage.Write write) {
        OperationId id = write.operation();
        long mark = lowWater.merge(write.partition().number(), write.lowWater(), Math::max);
        if (id.number() < mark) {
            return refusal(write, Reason.FORGOTTEN, null);
        }
        if (!executed.containsKey(id.number())) {
            executions++;
            executed.put(id.number(), write.body());
        }
        return answer(write, write.body());
    }

    private void reply(Sent request, CallMessage reply) {
        if (linked.contains(request.to())) {
            answers.add(new Sent(request.to(), reply));
        }
    }

    private static CallMessage answer(CallMessage.Request request, Bytes result) {
        return new CallMessage.Answer(request.ticket(), request.partition(), Status.DONE, new Version(1, 1), result);
    }

    private static CallMessage refusal(CallMessage.Request request, Reason reason, @Nullable View view) {
        return new CallMessage.Refusal(request.ticket(), request.partition(), reason, "", view);
    }

    private void checkTold(long call, Outcome outcome) {
        Long number = numberOfCall.get(call);
        boolean isExecuted = number != null && executed.containsKey(number);
        switch (outcome) {
            case Outcome.Done done -> {
                assertThat(done.result()).as("result of call %d", call).isEqualTo(Bytes.utf8("body" + call));
                assertThat(number == null || isExecuted)
                        .as("call %d was told done", call)
                        .isTrue();
            }
            case Outcome.Failed failed -> {
                assertThat(failed.failure()).isNotInstanceOf(DdsException.Forgotten.class);
                if (failed.failure().certainlyDidNotHappen()) {
                    assertThat(isExecuted)
                            .as(
                                    "call %d was told '%s' and was executed",
                                    call, failed.failure().getMessage())
                            .isFalse();
                }
            }
        }
    }
}
