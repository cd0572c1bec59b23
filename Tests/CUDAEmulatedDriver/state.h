// What the played driver knows; everything under one lock.
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "emulated_driver.h"
#include "ptx_machine.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace emulated {

// Codes of the driver's interface.
enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201,
    INVALID_PTX = 218,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
};

struct Settings {
    uint64_t devices = 1, memory = (uint64_t)1 << 30, largest = UINT64_MAX, multiprocessors = 2;
    uint64_t lazy = 0, fault_at = 0, out_of_memory_at = 0, skip_at = 0, faulty_devices = 0, slices = 0;
    uint64_t ptx = 0, ptx_seed = 0, idle = 0;
};

struct Context {
    int device;
    uint64_t allocated;
    int references;
    ptx_memory *memory;  // what is allocated, for the machine that executes PTX
    int64_t launches;
    int sticky;  // what every call on it answers once it is set
};

constexpr int DEVICES = 16, FIRST_HANDLE = 60;  // a handle is no index

/// The fault of the current context, which other devices do not have.
struct Sticky {
    operator int() const;
    Sticky &operator=(int code);
};

struct State {
    std::recursive_mutex mutex;
    Settings settings;
    bool initialised = false;
    Sticky sticky;
    std::string visible;  // CUDA_VISIBLE_DEVICES when it was initialised
    Context contexts[DEVICES] = {};
    int64_t launches = 0, allocated = 0, peak = 0, objects = 0, pinned = 0;
    int64_t modules = 0, captured = 0, graphs = 0, down = 0, up = 0;
    std::set<std::string> launched;
    std::string problem;  // what the first launch that failed was told
};

State &state();

/// The current context of the calling thread, or nullptr.
extern thread_local Context *current;

/// Runs `body` under the lock.
template <typename Body> int guarded(Body body) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    if (!state().initialised) return NOT_INITIALIZED;
    return body();
}

/// The same for what needs a current context, unless its device has failed for good.
template <typename Body> int in_context(Body body) {
    return guarded([&] {
        if (current == nullptr) return (int)INVALID_CONTEXT;
        return current->sticky != SUCCESS ? current->sticky : body();
    });
}

/// Whether the calling thread is capturing a stream: then it may neither allocate nor load nor wait.
bool is_capturing();

/// `in_context`, for what is forbidden while a stream is captured.
template <typename Body> int outside_capture(Body body) {
    return in_context([&] { return is_capturing() ? (int)CAPTURE_UNSUPPORTED : body(); });
}

/// Does everything that streams have waiting; what comes out is the sticky error or success.
int run_everything();

/// What a call gives a stream: at each launch of a graph that captured it once more.
using Step = std::function<int(void *stream)>;

/// Gives a stream a step; while it is captured, the graph.
int submit(void *stream, Step step);

/// The numbers of the devices that a program is shown, by index: whole GPUs, or the slices that CUDA_VISIBLE_DEVICES names.
std::vector<int> shown_devices();

/// Adds work to a stream, which is done at once unless the driver is lazy.
int enqueue(void *stream, std::function<int()> work);

/// The current context's next launch, of which `number` have been made on all devices: the number that FAULT_AT and the like
/// mean, or one that they never do. Counted once a launch.
uint64_t number_for_faults(uint64_t number);

/// Whether the bytes are pinned memory.
bool is_pinned(const void *memory, size_t bytes);

}  // namespace emulated

#endif
