package io.brickwork.core.partition.view;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.GroupView;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineupTest {
    private static final GroupView THREE = view(7, A, B, C);
    private static final GroupView TWO = view(7, A, B);

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("nobody is silent", THREE, List.of(), 2, List.of(B), null),
                Arguments.of("enough stay", THREE, List.of(C), 2, List.of(B), view(7, A, B)),
                Arguments.of("one is enough", THREE, List.of(B, C), 1, List.of(B), view(7, A)),
                Arguments.of("too few stay: another leads", THREE, List.of(B, C), 2, List.of(C), ledBy(C, THREE)),
                Arguments.of("too few stay, and nobody is heard", THREE, List.of(B, C), 2, List.of(), null),
                Arguments.of("of two, the other would reach no more", TWO, List.of(B), 2, List.of(B), null),
                Arguments.of("who is silent is not in the view", TWO, List.of(C), 2, List.of(B), null));
    }

    private static GroupView ledBy(BrickId primary, GroupView view) {
        return new GroupView(view.epoch(), primary, view.members(), view.learners(), view.lineage());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theNextView(
            String name,
            GroupView view,
            List<BrickId> silent,
            int minInSync,
            List<BrickId> heard,
            @Nullable GroupView next) {
        assertThat(Lineup.without(view, silent, minInSync, heard)).as(name).isEqualTo(next);
    }
}
