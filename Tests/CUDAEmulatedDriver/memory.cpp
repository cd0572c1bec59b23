// Device memory is the host's: as much as the device has, filled with a pattern that is NaN, aligned to 256 bytes, with
// a page after it that cannot be touched. Pinned memory is the host's as it is.
#include <string.h>
#include <sys/mman.h>

#include "state.h"

using namespace emulated;

namespace {

constexpr size_t PAGE = 4096, ALIGNMENT = 256;

struct Allocation {
    char *mapping;
    size_t mapped, bytes;
    Context *context;
};

// Never destroyed: threads may still call when the process ends.
std::map<uint64_t, Allocation> &allocations = *new std::map<uint64_t, Allocation>;
std::map<char *, size_t> &pinned = *new std::map<char *, size_t>;

size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

bool emulated::is_pinned(const void *memory, size_t bytes) {
    const char *begin = static_cast<const char *>(memory);
    for (const auto &[start, size] : pinned) {
        if (begin >= start && begin + bytes <= start + size) return true;
    }
    return false;
}

EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    return in_context([&] {
        *total = state().settings.memory;
        *free_bytes = *total > current->allocated ? *total - current->allocated : 0;
        return (int)SUCCESS;
    });
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
    return outside_capture([&] {
        if (bytes == 0) return (int)INVALID_VALUE;
        const size_t used = rounded(bytes, ALIGNMENT);
        if (used > state().settings.largest || current->allocated + used > state().settings.memory) {
            return (int)OUT_OF_MEMORY;
        }
        const size_t inside = rounded(used, PAGE), mapped = inside + PAGE;
        const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void *mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (mapping == MAP_FAILED) return (int)OUT_OF_MEMORY;
        mprotect(static_cast<char *>(mapping) + inside, PAGE, PROT_NONE);
        char *begin = static_cast<char *>(mapping) + inside - used;
        if (state().settings.idle == 0) memset(begin, 0xFF, used);
        *address = (uint64_t)(uintptr_t)begin;
        allocations[*address] = {static_cast<char *>(mapping), mapped, used, current};
        ptx_memory_add(current->memory, begin, bytes);
        current->allocated += used;
        state().allocated += (int64_t)used;
        if (state().allocated > state().peak) state().peak = state().allocated;
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuMemFree_v2(uint64_t address) {
    return outside_capture([&] {
        const int code = run_everything();  // it waits for the device
        if (code != SUCCESS) return code;
        auto found = allocations.find(address);
        if (found == allocations.end()) return (int)INVALID_VALUE;
        ptx_memory_remove(found->second.context->memory, (const void *)(uintptr_t)address);
        munmap(found->second.mapping, found->second.mapped);
        found->second.context->allocated -= found->second.bytes;
        state().allocated -= (int64_t)found->second.bytes;
        state().objects--;
        allocations.erase(found);
        return (int)SUCCESS;
    });
}

EXPORT int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
    return outside_capture([&] {
        if (flags != 0 || bytes == 0) return (int)INVALID_VALUE;
        char *made = new char[bytes];
        memset(made, 0xFF, bytes);
        pinned[made] = bytes;
        *memory = made;
        state().pinned += (int64_t)bytes;
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuMemFreeHost(void *memory) {
    return outside_capture([&] {
        const int code = run_everything();
        if (code != SUCCESS) return code;
        auto found = pinned.find(static_cast<char *>(memory));
        if (found == pinned.end()) return (int)INVALID_VALUE;
        state().pinned -= (int64_t)found->second;
        state().objects--;
        delete[] found->first;
        pinned.erase(found);
        return (int)SUCCESS;
    });
}
