package io.brickwork.bricks.log;

class SegmentedLogInMemoryTest extends SegmentedLogContract {
    @Override
    LogFiles files(MemoryDisk disk) {
        return disk;
    }
}
