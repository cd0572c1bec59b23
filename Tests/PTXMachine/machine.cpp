// The machine's interface.
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <atomic>

#include "block.h"
#include "reader.h"

using namespace ptx;

struct ptx_module {
    Module module;
};

namespace {

char *copied(const std::string &text) { return strdup(text.c_str()); }

/// The text of a line without what stands around it.
std::string line_of(const Module &module, uint32_t line) {
    if (line == 0 || line > module.lines.size()) return "";
    const std::string &text = module.lines[line - 1];
    const size_t begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : text.substr(begin);
}

std::string described(const Module &module, const std::string &kernel, uint32_t line) {
    std::string text = kernel;
    if (!module.name.empty()) text += (text.empty() ? "module " : " of module ") + module.name;
    if (line != 0) text += formatted("%sline %u: `", text.empty() ? "" : ", ", line) + line_of(module, line) + "`";
    return text;
}

const Kernel *find(const ptx_module *module, const char *name) {
    for (const auto &kernel : module->module.kernels) {
        if (kernel->name == name) return kernel.get();
    }
    return nullptr;
}

/// Serials of the blocks of all launches of the process: a cell of an earlier launch is as good as new.
std::atomic<uint32_t> next_serial{1};

}  // namespace

ptx_memory *ptx_memory_create(void) { return new ptx_memory; }

void ptx_memory_destroy(ptx_memory *memory) { delete memory; }

void ptx_memory_add(ptx_memory *memory, const void *begin, size_t bytes) {
    auto region = std::make_shared<Region>();
    region->begin = (uint64_t)(uintptr_t)begin;
    region->bytes = bytes;
    std::lock_guard<std::mutex> lock(memory->mutex);
    memory->regions[region->begin] = region;
}

void ptx_memory_remove(ptx_memory *memory, const void *begin) {
    std::lock_guard<std::mutex> lock(memory->mutex);
    memory->regions.erase((uint64_t)(uintptr_t)begin);
}

ptx_module *ptx_module_load(const char *text, const char *name, char **problem) {
    auto made = std::make_unique<ptx_module>();
    made->module.name = name == nullptr ? "" : name;
    try {
        Reader(text, made->module).read();
    } catch (const Fault &fault) {
        const auto &kernels = made->module.kernels;
        const std::string where = described(made->module, kernels.empty() ? "" : kernels.back()->name, fault.line);
        *problem = copied(where + ": " + fault.text);
        return nullptr;
    }
    return made.release();
}

void ptx_module_destroy(ptx_module *module) { delete module; }

void ptx_text_free(char *text) { free(text); }

int32_t ptx_module_kernels(const ptx_module *module) { return (int32_t)module->module.kernels.size(); }

const char *ptx_module_kernel_name(const ptx_module *module, int32_t index) {
    return module->module.kernels[index]->name.c_str();
}

size_t ptx_module_parameter_bytes(const ptx_module *module, const char *kernel) {
    const Kernel *found = find(module, kernel);
    return found == nullptr ? 0 : found->parameter_bytes;
}

char *ptx_launch(const ptx_module *module, const char *name, const uint32_t grid[3], uint32_t threads,
                 uint32_t dynamic_shared, const void *parameters, size_t bytes, ptx_memory *memory, uint64_t seed,
                 ptx_counts *counts) {
    const Kernel *kernel = find(module, name);
    if (kernel == nullptr) return copied(formatted("no kernel is called %s", name));
    const std::string where = described(module->module, name, 0);
    const uint64_t blocks = (uint64_t)grid[0] * grid[1] * grid[2];
    if (bytes != kernel->parameter_bytes) {
        return copied(where + formatted(": its parameter has %zu bytes, not %zu", kernel->parameter_bytes, bytes));
    }
    if (threads == 0 || threads > kernel->most_threads) {
        return copied(where + formatted(": %u threads a block, expected 1 to %u", threads, kernel->most_threads));
    }
    const uint64_t shared = (uint64_t)kernel->shared_bytes + dynamic_shared;
    if (shared > 48 << 10) {
        return copied(where + formatted(": %u bytes of shared memory, at most 49152", (unsigned)shared));
    }
    if (blocks == 0 || blocks > 1u << 31) return copied(where + ": a grid without blocks, or of more than 2^31");
    Launch launch(*kernel, seed);
    for (int i = 0; i < 3; i++) launch.grid[i] = grid[i];
    launch.threads = threads;
    launch.shared_bytes = (uint32_t)shared;
    launch.base = next_serial.fetch_add((uint32_t)blocks);
    if (launch.base == 0 || launch.base + (uint32_t)blocks < launch.base) {
        return copied(where + ": more blocks in one process than the machine can number");
    }
    // A copy that nobody changes meanwhile, at an address that is aligned.
    std::vector<uint64_t> parameter((bytes + 7) / 8);
    memcpy(parameter.data(), parameters, bytes);
    launch.parameters = reinterpret_cast<const char *>(parameter.data());
    {
        std::lock_guard<std::mutex> lock(memory->mutex);
        for (const auto &[begin, region] : memory->regions) launch.regions.push_back(region);
    }
    for (const Module::Variable &variable : module->module.variables) {
        auto region = std::make_shared<Region>();
        region->begin = (uint64_t)(uintptr_t)variable.memory.get();
        region->bytes = variable.bytes;
        launch.regions.push_back(region);
    }
    std::sort(launch.regions.begin(), launch.regions.end(),
              [](const auto &a, const auto &b) { return a->begin < b->begin; });
    std::vector<uint32_t> order(launch.in_order() ? 0 : (size_t)blocks);
    for (size_t i = 0; i < order.size(); i++) order[i] = (uint32_t)i;
    for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[launch.random.below((uint32_t)i)]);
    char *problem = nullptr;
    std::unique_ptr<Block> block;
    try {
        block = std::make_unique<Block>(launch);
        for (uint32_t i = 0; i < blocks; i++) block->run(order.empty() ? i : order[i]);
    } catch (const Fault &fault) {
        std::string text;
        uint32_t line = fault.line;
        if (block != nullptr && block->running != nullptr) {
            if (line == 0 && block->running->running != nullptr) line = block->running->running->line;
            text = formatted("block (%u, %u, %u)", block->index[0], block->index[1], block->index[2]);
            const unsigned first = block->running->number() * (unsigned)LANES;
            text += fault.lane >= 0 ? formatted(", thread %u", first + (unsigned)fault.lane)
                                    : formatted(", warp %u", first / LANES);
        }
        problem = copied(described(module->module, name, line) + ": " + text + ": " + fault.text);
    }
    for (const auto &region : launch.regions) {
        if (region->shadow.is_reserved()) region->shadow.trim();
    }
    if (counts != nullptr) *counts = launch.counts;
    return problem;
}
