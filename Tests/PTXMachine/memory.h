// Global memory: the parts of the process that kernels may touch.
#ifndef MEMORY_H
#define MEMORY_H

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ptx_machine.h"
#include "shadow.h"

namespace ptx {

struct Region {
    uint64_t begin = 0, bytes = 0;
    Shadow shadow;
};

}  // namespace ptx

struct ptx_memory {
    std::mutex mutex;
    std::map<uint64_t, std::shared_ptr<ptx::Region>> regions;
};

#endif
