// Modules, kernels and launches: by the emulation of the kernels' sources, or by the machine that executes their PTX.
#include <stdio.h>
#include <string.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "cuda_emulation.h"
#include "state.h"

using namespace emulated;

namespace {

struct Kernel {
    std::string name;
    const ptx_module *ptx;  // null: the emulation runs it

    size_t argument_bytes() const {
        return ptx == nullptr ? cuda_emulation_argument_bytes(name.c_str())
                              : ptx_module_parameter_bytes(ptx, name.c_str());
    }
};

struct Module {
    std::string text;
    const ptx_module *ptx;
    std::vector<std::unique_ptr<Kernel>> kernels;
};

/// Each text is read once and kept: tests load the same modules hundreds of times.
const ptx_module *read(const char *text) {
    static auto &known = *new std::unordered_map<std::string, const ptx_module *>;
    const auto found = known.find(text);
    if (found != known.end()) return found->second;
    char *problem = nullptr;
    const ptx_module *module = ptx_module_load(text, nullptr, &problem);
    if (module == nullptr) {
        if (state().problem.empty()) state().problem = problem;
        fprintf(stderr, "PTX: %s\n", problem);
        ptx_text_free(problem);
    }
    return known[text] = module;
}

int launch(const Kernel &kernel, const std::vector<char> &arguments, const unsigned grid[3], unsigned block,
           unsigned shared, ptx_memory *memory, uint64_t number) {
    std::string problem;
    if (kernel.ptx != nullptr) {
        // Another order each time, with switches where the seed has them.
        const uint64_t seed = state().settings.ptx_seed, own = seed == 0 ? 0 : seed + 2 * number;
        char *text = ptx_launch(kernel.ptx, kernel.name.c_str(), grid, block, shared, arguments.data(),
                                arguments.size(), memory, own, nullptr);
        if (text == nullptr) return SUCCESS;
        problem = std::string("PTX: ") + text;
        ptx_text_free(text);
    } else {
        const char *text = cuda_emulation_launch(kernel.name.c_str(), arguments.data(), arguments.size(), grid[0],
                                                 grid[1], grid[2], block, shared, CUDA_EMULATION_FORWARD);
        if (text == nullptr) return SUCCESS;
        problem = "emulation: " + kernel.name + ": " + text;
    }
    fprintf(stderr, "%s\n", problem.c_str());
    if (state().problem.empty()) state().problem = problem;
    return LAUNCH_FAILED;
}

}  // namespace

EXPORT int cuModuleLoadDataEx(void **module, const void *image, unsigned options, int *option, void **value) {
    (void)options, (void)option, (void)value;
    return outside_capture([&] {
        const char *text = static_cast<const char *>(image);
        if (strstr(text, ".version") == nullptr) return (int)INVALID_PTX;
        const ptx_module *ptx = nullptr;
        if (state().settings.ptx != 0) {
            ptx = read(text);
            if (ptx == nullptr) return (int)INVALID_PTX;
        }
        *module = new Module{text, ptx, {}};
        state().modules++;
        state().objects++;
        return (int)SUCCESS;
    });
}

EXPORT int cuModuleUnload(void *module) {
    return in_context([&] {
        delete static_cast<Module *>(module);
        state().objects--;
        return (int)SUCCESS;
    });
}

// A kernel that the PTX has and the emulation too: a table that lags behind is found here.
EXPORT int cuModuleGetFunction(void **function, void *handle, const char *name) {
    return in_context([&] {
        Module *module = static_cast<Module *>(handle);
        const std::string entry = std::string(".visible .entry ") + name + "(";
        if (cuda_emulation_kernel_name(name) == nullptr || module->text.find(entry) == std::string::npos) {
            return (int)NOT_FOUND;
        }
        module->kernels.push_back(std::make_unique<Kernel>(Kernel{name, module->ptx}));
        *function = module->kernels.back().get();
        return (int)SUCCESS;
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
        const Kernel kernel = *static_cast<const Kernel *>(function);
        const char *begin = static_cast<const char *>(parameters[0]);
        std::vector<char> arguments(begin, begin + kernel.argument_bytes());
        ptx_memory *memory = current->memory;
        // By number, in the order in which streams are given them: those of a graph each time that it is launched.
        return submit(stream, [=](void *stream) {
            const Settings &settings = state().settings;
            const uint64_t number = (uint64_t)++state().launches, at = number_for_faults(number);
            if (at == settings.out_of_memory_at) return (int)OUT_OF_MEMORY;
            if (at == settings.skip_at) return (int)SUCCESS;
            state().launched.insert(kernel.name);
            if (settings.idle != 0) return (int)SUCCESS;
            return enqueue(stream, [=] {
                const unsigned grid[3] = {grid_x, grid_y, grid_z};
                if (at == state().settings.fault_at) return (int)ILLEGAL_ADDRESS;
                return launch(kernel, arguments, grid, block_x, shared_bytes, memory, number);
            });
        });
    });
}
