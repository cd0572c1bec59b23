// Streams, events, copies and launches. A stream is a list of what is to be done, which is done at once or, when the
// driver is lazy, as late as the interface allows: only once somebody waits for it.
#include <stdio.h>
#include <string.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "cuda_emulation.h"
#include "state.h"

using namespace emulated;

namespace {

using Clock = std::chrono::steady_clock;

struct Stream;

/// One recording of an event: done once its stream has come there.
struct Recording {
    Stream *stream;
    bool done;
    Clock::time_point time;
};

struct Event {
    bool timed;
    std::shared_ptr<Recording> last;  // null before the first
};

struct Stream {
    std::deque<std::function<int()>> waiting;
};

std::set<Stream *> &streams = *new std::set<Stream *>;  // never destroyed, as in memory.cpp

void fail(int code) {
    if (state().sticky == SUCCESS) state().sticky = code;
}

/// Does what the stream has waiting, up to `until` if it is given.
int run(Stream *stream, const Recording *until) {
    while (!stream->waiting.empty() && !(until != nullptr && until->done)) {
        std::function<int()> work = std::move(stream->waiting.front());
        stream->waiting.pop_front();
        const int code = work();
        if (code != SUCCESS) fail(code);
        if (state().sticky != SUCCESS) return state().sticky;
    }
    return SUCCESS;
}

int add(void *handle, std::function<int()> work) {
    Stream *stream = static_cast<Stream *>(handle);
    if (streams.count(stream) == 0) return INVALID_HANDLE;
    stream->waiting.push_back(std::move(work));
    return state().settings.lazy ? (int)SUCCESS : run(stream, nullptr);
}

int launch(const char *kernel, const std::vector<char> &arguments, const unsigned grid[3], unsigned block,
           unsigned shared) {
    const char *problem = cuda_emulation_launch(kernel, arguments.data(), arguments.size(), grid[0], grid[1], grid[2],
                                                block, shared, CUDA_EMULATION_FORWARD);
    if (problem == nullptr) return SUCCESS;
    fprintf(stderr, "emulation: %s: %s\n", kernel, problem);
    return LAUNCH_FAILED;
}

}  // namespace

int emulated::run_everything() {
    for (Stream *stream : streams) {
        const int code = run(stream, nullptr);
        if (code != SUCCESS) return code;
    }
    return SUCCESS;
}

EXPORT int cuStreamCreate(void **stream, unsigned flags) {
    return in_context([&] {
        if (flags != 1) return (int)INVALID_VALUE;
        Stream *made = new Stream;
        streams.insert(made);
        state().objects++;
        *stream = made;
        return (int)SUCCESS;
    });
}

EXPORT int cuStreamDestroy_v2(void *handle) {
    return in_context([&] {
        Stream *stream = static_cast<Stream *>(handle);
        if (streams.count(stream) == 0) return (int)INVALID_HANDLE;
        const int code = run(stream, nullptr);
        streams.erase(stream);
        delete stream;
        state().objects--;
        return code;
    });
}

EXPORT int cuStreamSynchronize(void *handle) {
    return in_context([&] {
        Stream *stream = static_cast<Stream *>(handle);
        return streams.count(stream) == 0 ? (int)INVALID_HANDLE : run(stream, nullptr);
    });
}

EXPORT int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
    return in_context([&] {
        if (flags != 0 || event == nullptr) return (int)INVALID_VALUE;
        std::shared_ptr<Recording> recording = static_cast<Event *>(event)->last;
        if (recording == nullptr) return (int)SUCCESS;
        return add(stream, [recording] { return run(recording->stream, recording.get()); });
    });
}

EXPORT int cuEventCreate(void **event, unsigned flags) {
    return in_context([&] {
        if (flags != 0 && flags != 2) return (int)INVALID_VALUE;
        *event = new Event{flags == 0, nullptr};
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuEventDestroy_v2(void *event) {
    return in_context([&] {
        delete static_cast<Event *>(event);
        state().objects--;
        return (int)SUCCESS;
    });
}

EXPORT int cuEventRecord(void *event, void *stream) {
    return in_context([&] {
        auto recording = std::make_shared<Recording>(Recording{static_cast<Stream *>(stream), false, {}});
        static_cast<Event *>(event)->last = recording;
        return add(stream, [recording] {
            recording->time = Clock::now();
            recording->done = true;
            return (int)SUCCESS;
        });
    });
}

EXPORT int cuEventSynchronize(void *event) {
    return in_context([&] {
        std::shared_ptr<Recording> recording = static_cast<Event *>(event)->last;
        return recording == nullptr ? (int)SUCCESS : run(recording->stream, recording.get());
    });
}

EXPORT int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
    return in_context([&] {
        const Event *from = static_cast<Event *>(begin), *to = static_cast<Event *>(end);
        if (!from->timed || !to->timed || from->last == nullptr || to->last == nullptr) return (int)INVALID_HANDLE;
        if (!from->last->done || !to->last->done) return 600;  // not ready
        *milliseconds = std::chrono::duration<float, std::milli>(to->last->time - from->last->time).count();
        return (int)SUCCESS;
    });
}

// From memory that is not pinned the driver takes the bytes before it returns.
EXPORT int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t bytes, void *stream) {
    return in_context([&] {
        void *to = (void *)(uintptr_t)target;
        if (is_pinned(source, bytes)) {
            return add(stream, [=] {
                memcpy(to, source, bytes);
                return (int)SUCCESS;
            });
        }
        const char *begin = static_cast<const char *>(source);
        std::vector<char> taken(begin, begin + bytes);
        return add(stream, [to, taken] {
            memcpy(to, taken.data(), taken.size());
            return (int)SUCCESS;
        });
    });
}

// Into memory that is not pinned it waits for the copy.
EXPORT int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t bytes, void *stream) {
    return in_context([&] {
        const int code = add(stream, [=] {
            memcpy(target, (const void *)(uintptr_t)source, bytes);
            return (int)SUCCESS;
        });
        if (code != SUCCESS || is_pinned(target, bytes)) return code;
        return run(static_cast<Stream *>(stream), nullptr);
    });
}

EXPORT int cuMemsetD32Async(uint64_t target, unsigned value, size_t words, void *stream) {
    return in_context([&] {
        return add(stream, [=] {
            unsigned *at = (unsigned *)(uintptr_t)target;
            for (size_t i = 0; i < words; i++) at[i] = value;
            return (int)SUCCESS;
        });
    });
}

EXPORT int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                          unsigned block_y, unsigned block_z, unsigned shared_bytes, void *stream, void **parameters,
                          void **extra) {
    return in_context([&] {
        const bool fits = grid_x > 0 && grid_y > 0 && grid_z > 0 && grid_x <= INT32_MAX && grid_y <= 65535 &&
                          grid_z <= 65535 && block_x > 0 && block_x <= 1024;
        if (!fits || block_y != 1 || block_z != 1 || shared_bytes > 48 << 10 || extra != nullptr) {
            return (int)INVALID_VALUE;
        }
        const Settings &settings = state().settings;
        const uint64_t number = (uint64_t)++state().launches;
        if (number == settings.out_of_memory_at) return (int)OUT_OF_MEMORY;
        if (number == settings.skip_at) return (int)SUCCESS;
        const char *kernel = static_cast<const char *>(function);
        state().launched.insert(kernel);
        const char *begin = static_cast<const char *>(parameters[0]);
        std::vector<char> arguments(begin, begin + cuda_emulation_argument_bytes(kernel));
        return add(stream, [=] {
            const unsigned grid[3] = {grid_x, grid_y, grid_z};
            if (number == state().settings.fault_at) return (int)ILLEGAL_ADDRESS;
            return launch(kernel, arguments, grid, block_x, shared_bytes);
        });
    });
}
