// Streams, events and copies. A stream is a list of what is to be done, which is done at once or, when the
// driver is lazy, as late as the interface allows: only once somebody waits for it.
#include <string.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

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

}  // namespace

int emulated::enqueue(void *handle, std::function<int()> work) {
    Stream *stream = static_cast<Stream *>(handle);
    if (streams.count(stream) == 0) return INVALID_HANDLE;
    stream->waiting.push_back(std::move(work));
    return state().settings.lazy ? (int)SUCCESS : run(stream, nullptr);
}

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
        return enqueue(stream, [recording] { return run(recording->stream, recording.get()); });
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
        return enqueue(stream, [recording] {
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
            return enqueue(stream, [=] {
                memcpy(to, source, bytes);
                return (int)SUCCESS;
            });
        }
        const char *begin = static_cast<const char *>(source);
        std::vector<char> taken(begin, begin + bytes);
        return enqueue(stream, [to, taken] {
            memcpy(to, taken.data(), taken.size());
            return (int)SUCCESS;
        });
    });
}

// Into memory that is not pinned it waits for the copy.
EXPORT int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t bytes, void *stream) {
    return in_context([&] {
        const int code = enqueue(stream, [=] {
            memcpy(target, (const void *)(uintptr_t)source, bytes);
            return (int)SUCCESS;
        });
        if (code != SUCCESS || is_pinned(target, bytes)) return code;
        return run(static_cast<Stream *>(stream), nullptr);
    });
}

EXPORT int cuMemsetD32Async(uint64_t target, unsigned value, size_t words, void *stream) {
    return in_context([&] {
        return enqueue(stream, [=] {
            unsigned *at = (unsigned *)(uintptr_t)target;
            for (size_t i = 0; i < words; i++) at[i] = value;
            return (int)SUCCESS;
        });
    });
}
