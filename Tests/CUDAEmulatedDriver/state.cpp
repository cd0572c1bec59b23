#include "state.h"

#include <stdlib.h>
#include <string.h>

namespace emulated {

State &state() {
    static State *only = new State;  // never destroyed: threads may still call when the process ends
    return *only;
}

thread_local Context *current = nullptr;

Sticky::operator int() const { return current == nullptr ? (int)SUCCESS : current->sticky; }

Sticky &Sticky::operator=(int code) {
    if (current != nullptr) current->sticky = code;
    return *this;
}

uint64_t number_for_faults(uint64_t number) {
    const uint64_t own = (uint64_t)++current->launches, faulty = state().settings.faulty_devices;
    if (faulty == 0) return number;
    return (faulty >> (current - state().contexts) & 1) != 0 ? own : UINT64_MAX;
}

namespace {

struct Setting {
    const char *name;
    uint64_t Settings::*value;
};

const Setting settings[] = {
    {"STNET_EMULATED_DEVICES", &Settings::devices},
    {"STNET_EMULATED_MEMORY", &Settings::memory},
    {"STNET_EMULATED_LARGEST", &Settings::largest},
    {"STNET_EMULATED_MULTIPROCESSORS", &Settings::multiprocessors},
    {"STNET_EMULATED_LAZY", &Settings::lazy},
    {"STNET_EMULATED_FAULT_AT", &Settings::fault_at},
    {"STNET_EMULATED_OUT_OF_MEMORY_AT", &Settings::out_of_memory_at},
    {"STNET_EMULATED_SKIP_AT", &Settings::skip_at},
    {"STNET_EMULATED_FAULTY_DEVICES", &Settings::faulty_devices},
    {"STNET_EMULATED_SLICES", &Settings::slices},
    {"STNET_EMULATED_PTX", &Settings::ptx},
    {"STNET_EMULATED_PTX_SEED", &Settings::ptx_seed},
    {"STNET_EMULATED_IDLE", &Settings::idle},
};

}  // namespace

}  // namespace emulated

using namespace emulated;

EXPORT int32_t emulated_driver_set(const char *name, uint64_t value) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    for (const Setting &setting : settings) {
        if (strcmp(setting.name, name) != 0) continue;
        state().settings.*setting.value = value;
        if (state().settings.devices > DEVICES) state().settings.devices = DEVICES;
        return 1;
    }
    return 0;
}

EXPORT int64_t emulated_driver_count(const char *name) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    if (strcmp(name, "launches") == 0) return state().launches;
    if (strcmp(name, "allocated") == 0) return state().allocated;
    if (strcmp(name, "peak") == 0) return state().peak;
    if (strcmp(name, "objects") == 0) return state().objects;
    if (strcmp(name, "pinned") == 0) return state().pinned;
    if (strcmp(name, "modules") == 0) return state().modules;
    if (strcmp(name, "captured") == 0) return state().captured;
    if (strcmp(name, "graphs") == 0) return state().graphs;
    if (strcmp(name, "up") == 0) return state().up;
    if (strcmp(name, "down") == 0) return state().down;
    return -1;
}

EXPORT int32_t emulated_driver_launched(const char *kernel) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    return state().launched.count(kernel) > 0;
}

EXPORT const char *emulated_driver_problem(void) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    return state().problem.c_str();
}

EXPORT int cuInit(unsigned flags) {
    std::lock_guard<std::recursive_mutex> lock(state().mutex);
    if (flags != 0) return INVALID_VALUE;
    if (!state().initialised) {
        for (const Setting &setting : settings) {
            const char *text = getenv(setting.name);
            if (text != nullptr) emulated_driver_set(setting.name, strtoull(text, nullptr, 10));
        }
    }
    const char *visible = getenv("CUDA_VISIBLE_DEVICES");
    if (!state().initialised && visible != nullptr) state().visible = visible;
    if (shown_devices().empty()) return NO_DEVICE;
    state().initialised = true;
    return SUCCESS;
}
