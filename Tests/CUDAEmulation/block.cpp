#include "block.h"

#include <string.h>
#include <sys/mman.h>

#include <vector>

#include "fiber.h"

__thread uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulation {

namespace {

constexpr unsigned WARP = 32;
constexpr size_t STACK = 64 << 10, PAGE = 4096, SHARED_LIMIT = 48 << 10, CANARY = 256;

enum class State { ready, at_barrier, in_exchange, finished };

struct Thread {
    Fiber fiber;
    State state;
    unsigned mask;       // of the exchange that it waits in
    uint64_t given;      // to that exchange
    uint64_t got[WARP];  // from it
};

/// What one thread of the host needs to run blocks, one after the other; kept from launch to launch.
struct Host {
    std::vector<Thread> threads;
    std::vector<unsigned> order;
    char *stacks = nullptr;
    size_t stack_count = 0;
    char *shared_area = nullptr;  // SHARED_LIMIT and the canary, then a page that cannot be touched
    char *shared = nullptr;       // of the block that runs, or nullptr before its first use
    const char *problem = nullptr;
    uint64_t random = 1;
    Fiber scheduler;
    unsigned running = 0;
    Kernel kernel = nullptr;
    const void *arguments = nullptr;
    size_t dynamic_shared = 0;

    static char *map(size_t bytes) {
        void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return memory == MAP_FAILED ? nullptr : static_cast<char *>(memory);
    }

    bool prepare(unsigned count) {
        if (shared_area == nullptr) {
            shared_area = map(PAGE + SHARED_LIMIT + PAGE);
            if (shared_area == nullptr) return false;
            mprotect(shared_area + PAGE + SHARED_LIMIT, PAGE, PROT_NONE);
        }
        if (stack_count < count) {
            if (stacks != nullptr) munmap(stacks, stack_count * STACK);
            stacks = map(count * STACK);
            stack_count = stacks == nullptr ? 0 : count;
        }
        threads.resize(count);
        return stacks != nullptr;
    }

    ~Host() {
        if (stacks != nullptr) munmap(stacks, stack_count * STACK);
        if (shared_area != nullptr) munmap(shared_area, PAGE + SHARED_LIMIT + PAGE);
    }
};

thread_local Host host;

void wait(State state) {
    host.threads[host.running].state = state;
    fiber_switch(host.threads[host.running].fiber, host.scheduler);
}

void thread_main() {
    host.kernel(host.arguments);
    wait(State::finished);
    __builtin_trap();  // a finished thread is never switched to
}

void set_order(cuda_emulation_order order, unsigned count) {
    host.order.resize(count);
    for (unsigned i = 0; i < count; i++) host.order[i] = order == CUDA_EMULATION_REVERSED ? count - 1 - i : i;
    if (order != CUDA_EMULATION_SHUFFLED) return;
    for (unsigned i = count - 1; i > 0; i--) {
        host.random = host.random * 6364136223846793005u + 1442695040888963407u;
        const unsigned other = (unsigned)((host.random >> 33) % (i + 1)), kept = host.order[i];
        host.order[i] = host.order[other];
        host.order[other] = kept;
    }
}

/// Lets the lanes of each complete exchange go on; whether there was one.
bool finish_exchanges(unsigned count) {
    bool any = false;
    for (unsigned first = 0; first < count; first += WARP) {
        for (unsigned lane = 0; lane < WARP && first + lane < count; lane++) {
            if (host.threads[first + lane].state != State::in_exchange) continue;
            const unsigned mask = host.threads[first + lane].mask;
            bool complete = mask >> lane & 1;
            for (unsigned other = 0; other < WARP && complete; other++) {
                if (!(mask >> other & 1)) continue;
                complete = first + other < count && host.threads[first + other].state == State::in_exchange &&
                           host.threads[first + other].mask == mask;
            }
            if (!complete) continue;
            for (unsigned to = 0; to < WARP; to++) {
                if (!(mask >> to & 1)) continue;
                host.threads[first + to].state = State::ready;
                for (unsigned from = 0; from < WARP; from++) {
                    host.threads[first + to].got[from] = mask >> from & 1 ? host.threads[first + from].given : 0;
                }
            }
            any = true;
        }
    }
    return any;
}

bool canary_is_whole() {
    if (host.shared == nullptr) return true;
    for (size_t i = 1; i <= CANARY; i++) {
        if (host.shared[-(ptrdiff_t)i] != (char)0xFF) return false;
    }
    return true;
}

}  // namespace

void block_barrier() { wait(State::at_barrier); }

const uint64_t *warp_exchange(unsigned mask, uint64_t value) {
    Thread &thread = host.threads[host.running];
    thread.mask = mask;
    thread.given = value;
    wait(State::in_exchange);
    return thread.got;
}

unsigned lane() { return threadIdx.x % WARP; }

void *shared_memory(size_t bytes) {
    if (bytes > SHARED_LIMIT) {
        host.problem = "more than 48 KiB of shared memory";
        wait(State::finished);
    }
    if (host.shared == nullptr) {
        // Against the page that cannot be touched; after it, at most 15 bytes of rounding.
        host.shared = host.shared_area + PAGE + SHARED_LIMIT - (bytes + 15) / 16 * 16;
        memset(host.shared - CANARY, 0xFF, CANARY + bytes);
    }
    return host.shared;
}

unsigned char *dynamic_shared_memory() { return static_cast<unsigned char *>(shared_memory(host.dynamic_shared)); }

const char *run_block(Kernel kernel, const void *arguments, size_t dynamic_shared, cuda_emulation_order order) {
    const unsigned count = blockDim.x;
    if (!host.prepare(count)) return "no memory for the emulation's stacks";
    host.kernel = kernel;
    host.arguments = arguments;
    host.dynamic_shared = dynamic_shared;
    host.shared = nullptr;
    host.problem = nullptr;
    for (unsigned i = 0; i < count; i++) {
        host.threads[i].state = State::ready;
        fiber_start(host.threads[i].fiber, host.stacks + i * STACK, STACK, thread_main);
    }
    for (;;) {
        set_order(order, count);
        for (unsigned index : host.order) {
            if (host.threads[index].state != State::ready) continue;
            host.running = index;
            threadIdx = {index, 0, 0};
            fiber_switch(host.scheduler, host.threads[index].fiber);
            if (host.problem != nullptr) return host.problem;
        }
        if (finish_exchanges(count)) continue;
        unsigned finished = 0, waiting = 0;
        for (const Thread &thread : host.threads) {
            finished += thread.state == State::finished;
            waiting += thread.state == State::at_barrier;
        }
        if (finished == count) return canary_is_whole() ? nullptr : "shared memory was written before its beginning";
        if (waiting + finished < count) return "an exchange of a warp that not all its lanes reach";
        if (finished > 0) return "a barrier that not all threads of the block reach";
        for (Thread &thread : host.threads) thread.state = State::ready;
    }
}

}  // namespace emulation
