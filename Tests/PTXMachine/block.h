// A launch, and one block of it after the other.
#ifndef BLOCK_H
#define BLOCK_H

#include <stdint.h>

#include <memory>
#include <vector>

#include "memory.h"
#include "program.h"
#include "warp.h"

namespace ptx {

/// Numbers that look random and are the same for the same seed.
class Random {
public:
    explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15u + 1) {}
    uint32_t below(uint32_t limit) {
        state += 0x9e3779b97f4a7c15u;
        uint64_t mixed = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
        return (uint32_t)((mixed ^ mixed >> 31) >> 32) % limit;
    }

private:
    uint64_t state;
};

struct Launch {
    Launch(const Kernel &kernel, uint64_t seed) : kernel(kernel), seed(seed), random(seed) {}

    const Kernel &kernel;
    const uint64_t seed;
    Random random;
    uint32_t grid[3] = {};
    uint32_t threads = 0;       // of a block
    uint32_t shared_bytes = 0;  // static and dynamic
    const char *parameters = nullptr;
    std::vector<std::shared_ptr<Region>> regions;  // by address
    uint32_t base = 0;  // serial of the first block
    ptx_counts counts = {};

    bool in_order() const { return seed == 0; }
    bool switches_anywhere() const { return seed != 0 && seed % 2 == 0; }
    /// The region of an address, or null.
    Region *region(uint64_t address);

private:
    Region *last = nullptr;
};

class Block {
public:
    explicit Block(Launch &launch);

    /// Runs the block of this number; throws Fault, with the line and the lane of the warp `running`.
    void run(uint32_t number);

    Launch &launch;
    uint32_t index[3] = {};
    uint32_t serial = 0;
    /// The same for shared memory, which one block has after the other: it grows, whatever order they come in.
    uint32_t shared_serial = 0;
    std::vector<char> shared;
    Shadow shared_shadow;
    Warp *running = nullptr;

    /// A warp has come to a barrier that waits for so many threads.
    void arrive(Warp &warp, int32_t barrier, uint32_t threads, uint32_t line);

private:
    struct Barrier {
        uint32_t expected = 0, arrived = 0, line = 0;
        std::vector<Warp *> warps;
    };
    std::vector<std::unique_ptr<Warp>> warps;
    Barrier barriers[16];
    std::vector<size_t> order;
    uint32_t runs = 0;

    void set_order();
    [[noreturn]] void report_standstill();
};

}  // namespace ptx

#endif
