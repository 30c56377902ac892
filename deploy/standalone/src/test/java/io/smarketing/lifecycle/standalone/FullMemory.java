package io.smarketing.lifecycle.standalone;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A program that waits for a thread which leaves no room in the memory, and dies of it. */
final class FullMemory {

    private static Object @Nullable [] kept;

    private FullMemory() {}

    private static void fill() {
        while (true) {
            kept = new Object[] {kept};
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        MemoryEnded.endsTheProgram();
        new Thread(FullMemory::fill).start();
        new CountDownLatch(1).await();
    }
}
