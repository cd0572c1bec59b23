// Streams, events, graphs and copies. A stream is a list of what is to be done, which is done at once or, when the
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

struct Graph {
    std::vector<Step> steps;
    bool is_spoilt = false;  // something was given to the stream that a graph cannot hold
};

struct Stream {
    std::deque<std::function<int()>> waiting;
    std::unique_ptr<Graph> captured;  // null unless it is being captured
};

/// What the calling thread captures.
thread_local Stream *capturing = nullptr;

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

int emulated::submit(void *handle, Step step) {
    Stream *stream = static_cast<Stream *>(handle);
    if (streams.count(stream) == 0) return INVALID_HANDLE;
    if (stream->captured == nullptr) return step(stream);
    if (stream != capturing) return CAPTURE_UNSUPPORTED;
    state().captured++;
    stream->captured->steps.push_back(std::move(step));
    return SUCCESS;
}

bool emulated::is_capturing() {
    if (capturing != nullptr) capturing->captured->is_spoilt = true;
    return capturing != nullptr;
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

EXPORT int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
    return in_context([&] {
        if (flags != 0 || event == nullptr) return (int)INVALID_VALUE;
        if (static_cast<Stream *>(stream) == capturing) return (int)CAPTURE_UNSUPPORTED;  // the program has no use for it
        std::shared_ptr<Recording> recording = static_cast<Event *>(event)->last;
        if (recording == nullptr) return (int)SUCCESS;
        return enqueue(stream, [recording] { return run(recording->stream, recording.get()); });
    });
}

EXPORT int cuEventCreate(void **event, unsigned flags) {
    return in_context([&] {
        // Who waits for one without CU_EVENT_BLOCKING_SYNC (1) keeps a processor busy: the program never does.
        if (flags != 1 && flags != 3) return (int)INVALID_VALUE;
        *event = new Event{flags == 1, nullptr};
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
        if (static_cast<Stream *>(stream) == capturing) return (int)CAPTURE_UNSUPPORTED;
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
    return outside_capture([&] {
        std::shared_ptr<Recording> recording = static_cast<Event *>(event)->last;
        if (recording == nullptr) return (int)SUCCESS;
        if (state().settings.lazy == 2 && !recording->done) {
            for (Stream *other : streams) {
                const int code = other == recording->stream ? (int)SUCCESS : run(other, nullptr);
                if (code != SUCCESS) return code;
            }
        }
        return run(recording->stream, recording.get());
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

EXPORT int cuStreamBeginCapture_v2(void *handle, int mode) {
    return outside_capture([&] {
        Stream *stream = static_cast<Stream *>(handle);
        if (streams.count(stream) == 0) return (int)INVALID_HANDLE;
        if (mode != 1 || stream->captured != nullptr) return (int)INVALID_VALUE;
        stream->captured = std::make_unique<Graph>();
        capturing = stream;
        return (int)SUCCESS;
    });
}

EXPORT int cuStreamEndCapture(void *handle, void **graph) {
    return in_context([&] {
        Stream *stream = static_cast<Stream *>(handle);
        if (stream != capturing) return (int)INVALID_VALUE;
        capturing = nullptr;
        std::unique_ptr<Graph> captured = std::move(stream->captured);
        *graph = nullptr;
        if (captured->is_spoilt) return (int)CAPTURE_INVALIDATED;
        *graph = captured.release();
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
    return in_context([&] {
        if (flags != 0 || graph == nullptr) return (int)INVALID_VALUE;
        *executable = new Graph(*static_cast<Graph *>(graph));
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuGraphLaunch(void *executable, void *stream) {
    return in_context([&] {
        state().graphs++;
        for (const Step &step : static_cast<Graph *>(executable)->steps) {
            const int code = submit(stream, step);
            if (code != SUCCESS) return code;
        }
        return (int)SUCCESS;
    });
}

namespace {

int destroy(void *graph) {
    return in_context([&] {
        delete static_cast<Graph *>(graph);
        state().objects--;
        return (int)SUCCESS;
    });
}

}  // namespace

EXPORT int cuGraphDestroy(void *graph) { return destroy(graph); }

EXPORT int cuGraphExecDestroy(void *executable) { return destroy(executable); }

// From memory that is not pinned the driver takes the bytes before it returns, which no graph can do again.
EXPORT int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t bytes, void *stream) {
    return in_context([&] {
        void *to = (void *)(uintptr_t)target;
        const bool pinned = is_pinned(source, bytes);
        if (!pinned && static_cast<Stream *>(stream) == capturing) return (int)CAPTURE_UNSUPPORTED;
        const char *begin = static_cast<const char *>(source);
        std::vector<char> taken(begin, pinned ? begin : begin + bytes);
        return submit(stream, [=](void *stream) {
            state().up += (int64_t)bytes;
            if (state().settings.idle != 0) return (int)SUCCESS;
            return enqueue(stream, [=] {
                memcpy(to, pinned ? source : taken.data(), bytes);
                return (int)SUCCESS;
            });
        });
    });
}

// Into memory that is not pinned it waits for the copy.
EXPORT int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t bytes, void *stream) {
    return in_context([&] {
        const bool pinned = is_pinned(target, bytes);
        if (!pinned && static_cast<Stream *>(stream) == capturing) return (int)CAPTURE_UNSUPPORTED;
        const int code = submit(stream, [=](void *stream) {
            state().down += (int64_t)bytes;
            return enqueue(stream, [=] {
                memcpy(target, (const void *)(uintptr_t)source, bytes);
                return (int)SUCCESS;
            });
        });
        if (code != SUCCESS || pinned) return code;
        return run(static_cast<Stream *>(stream), nullptr);
    });
}

EXPORT int cuMemsetD32Async(uint64_t target, unsigned value, size_t words, void *stream) {
    return in_context([&] {
        return submit(stream, [=](void *stream) {
            if (state().settings.idle != 0) return (int)SUCCESS;  // it would only touch what is zero already
            return enqueue(stream, [=] {
                unsigned *at = (unsigned *)(uintptr_t)target;
                for (size_t i = 0; i < words; i++) at[i] = value;
                return (int)SUCCESS;
            });
        });
    });
}
