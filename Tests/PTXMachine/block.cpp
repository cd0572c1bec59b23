#include "block.h"

#include <algorithm>

namespace ptx {

Block::Block(Launch &launch) : launch(launch), shared(launch.shared_bytes) {
    shared_shadow.reserve(launch.shared_bytes);
    const uint32_t count = (launch.threads + LANES - 1) / LANES;
    for (uint32_t number = 0; number < count; number++) {
        const uint32_t lanes = std::min<uint32_t>(LANES, launch.threads - number * LANES);
        warps.push_back(std::make_unique<Warp>(*this, number, lanes));
    }
    order.resize(count);
}

void Block::set_order() {
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    if (launch.in_order()) return;
    for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[launch.random.below((uint32_t)i)]);
}

void Block::run(uint32_t number) {
    serial = launch.base + number;
    shared_serial = launch.base + runs++;
    index[0] = number % launch.grid[0];
    index[1] = number / launch.grid[0] % launch.grid[1];
    index[2] = number / launch.grid[0] / launch.grid[1];
    // Whatever the block before has left: NaN, should a kernel read it in spite of all.
    std::fill(shared.begin(), shared.end(), (char)0xFF);
    shared_shadow.trim();
    for (Barrier &barrier : barriers) barrier = {};
    for (auto &warp : warps) warp->restart();
    for (;;) {
        bool has_run = false, is_done = true;
        set_order();
        for (size_t i : order) {
            Warp &warp = *warps[i];
            if (warp.has_ready()) {
                running = &warp;
                warp.run(launch.switches_anywhere() ? 1 + launch.random.below(300) : UINT64_MAX);
                has_run = true;
            }
            is_done = is_done && warp.has_ended();
        }
        if (is_done) return;
        if (!has_run) report_standstill();
    }
}

void Block::arrive(Warp &warp, int32_t number, uint32_t expected, uint32_t line) {
    Barrier &barrier = barriers[number];
    if (expected == 0) expected = launch.threads;
    if (expected > launch.threads || (expected % LANES != 0 && expected != launch.threads)) {
        throw Fault{formatted("the barrier waits for %u threads of %u; expected a multiple of 32", expected,
                              launch.threads),
                    line, 0};
    }
    if (barrier.arrived != 0 && barrier.expected != expected) {
        throw Fault{formatted("the barrier waits for %u threads here and for %u at line %u", expected,
                              barrier.expected, barrier.line),
                    line, 0};
    }
    barrier.expected = expected;
    barrier.line = line;
    barrier.arrived += (uint32_t)__builtin_popcount(warp.threads());
    barrier.warps.push_back(&warp);
    if (barrier.arrived < expected) return;
    const std::vector<Warp *> met = std::move(barrier.warps);
    barrier = {};
    for (Warp *one : met) one->pass_barrier(number);
    // Each of them knows what any of them knew, and all that they did.
    for (size_t of = 0; of < warps.size(); of++) {
        uint32_t latest = 0;
        for (Warp *one : met) latest = std::max(latest, one->known[of]);
        for (Warp *one : met) one->known[of] = latest;
    }
    if (met.size() < warps.size()) return;
    for (Warp *one : met) one->known[SEVERAL_WARPS]++;
}

void Block::report_standstill() {
    for (auto &warp : warps) {
        int lane = 0;
        uint32_t line = 0;
        if (!warp->waits(lane, line)) continue;
        running = warp.get();
        throw Fault{formatted("the mask names lane %d, which does not come: it is %s", lane,
                              warp->whereabouts(lane).c_str()),
                    line, -1};
    }
    for (Barrier &barrier : barriers) {
        if (barrier.arrived == 0) continue;
        running = barrier.warps[0];
        for (auto &warp : warps) {
            const bool is_there =
                std::find(barrier.warps.begin(), barrier.warps.end(), warp.get()) != barrier.warps.end();
            if (is_there) continue;
            throw Fault{formatted("the barrier waits for %u threads, of which %u come; thread %u is %s",
                                  barrier.expected, barrier.arrived, warp->number() * (unsigned)LANES,
                                  warp->whereabouts(0).c_str()),
                        barrier.line, -1};
        }
    }
    throw Fault{"it stands still", 0, -1};
}

}  // namespace ptx
