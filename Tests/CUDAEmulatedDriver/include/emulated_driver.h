// A library that plays NVIDIA's driver with the emulated kernels: with STNET_LIBCUDA the programs run on it as on a
// GPU. Memory is the host's. For tests: it computes the same bits, thousands of times slower.
//
// Each copy of the file that a process opens is a driver of its own. What it plays is told by environment variables
// when it is initialised, or by `emulated_driver_set` (by dlsym) before or after that.
#ifndef EMULATED_DRIVER_H
#define EMULATED_DRIVER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Settings, each also an environment variable of that name:
/// - STNET_EMULATED_DEVICES: how many there are (1).
/// - STNET_EMULATED_MEMORY: bytes of each (1 GiB).
/// - STNET_EMULATED_LARGEST: bytes that one allocation may have, less than the free memory where it is in pieces.
/// - STNET_EMULATED_MULTIPROCESSORS: of each device (2).
/// - STNET_EMULATED_LAZY: 1: a stream does nothing before somebody waits for it, so that what is not ordered by events
///   runs in the wrong order; 2: all other streams do all that they have first, so that what one stream writes too early
///   is seen (0: at once).
/// - STNET_EMULATED_FAULT_AT: number of the launch, from 1, that accesses an illegal address: every later call on its device
///   fails.
/// - STNET_EMULATED_OUT_OF_MEMORY_AT: number of the launch that finds no memory; the next one does.
/// - STNET_EMULATED_SKIP_AT: number of the launch that does nothing, as a faulty device might: the results are wrong.
/// - STNET_EMULATED_FAULTY_DEVICES: the sum of 2^number of some devices: the three numbers above are then of launches on each of
///   these devices (0: of those on all devices together).
/// - STNET_EMULATED_SLICES: the sum of 2^number of those devices that are slices (MIG). A process sees those that
///   CUDA_VISIBLE_DEVICES names when the driver is initialised, and no GPUs beside them.
/// - STNET_EMULATED_PTX: 1: what is executed is the PTX that the program brings (Tests/PTXMachine), which finds races,
///   foreign addresses and the like; 0: the kernels' C++ sources.
/// - STNET_EMULATED_PTX_SEED: the order in which that executes threads (0: one after the other; ptx_machine.h).
/// - STNET_EMULATED_IDLE: 1: kernels and copies to the device do nothing, and memory is zeros: for counting what a program
///   asks of a device, with networks of any size.
/// Returns 0 for an unknown name.
int32_t emulated_driver_set(const char *name, uint64_t value);

/// What it counts: "modules" that were loaded; "launches" of kernels, "captured" ones of graphs that are not launched yet, "graphs" that were
/// launched; bytes copied "up" to devices and "down" from them; "allocated" and "peak" bytes over all devices, "pinned"
/// bytes; "objects" (contexts, modules, streams, events, graphs, allocations) that were not given back. A graph's
/// kernels are among "launches" each time it is launched. -1 for an unknown name.
int64_t emulated_driver_count(const char *name);

/// Whether a launch of this kernel has been made.
int32_t emulated_driver_launched(const char *kernel);

/// What went wrong in the first launch that failed; empty where none has. Valid until the next call.
const char *emulated_driver_problem(void);

#ifdef __cplusplus
}
#endif
#endif
