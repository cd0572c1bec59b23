#include "warp.h"

#include <string.h>

#include <algorithm>

#include "block.h"

namespace ptx {

namespace {

/// A kernel that runs longer has no end, as far as a test can wait for it.
constexpr uint64_t MOST_INSTRUCTIONS = (uint64_t)1 << 27;

int lowest(uint32_t lanes) { return __builtin_ctz(lanes); }

}  // namespace

Warp::Warp(Block &block, unsigned number, unsigned lanes)
    : block(block), number_(number), existing(lanes == LANES ? ALL_LANES : (1u << lanes) - 1),
      registers(block.launch.kernel.register_bytes), written(block.launch.kernel.watched_registers) {
    for (const Kernel::Constant &constant : block.launch.kernel.constants) {
        for (int lane = 0; lane < LANES; lane++) {
            switch (constant.bytes) {
            case 2: at<uint16_t>(constant.place)[lane] = (uint16_t)constant.bits; break;
            case 4: at<uint32_t>(constant.place)[lane] = (uint32_t)constant.bits; break;
            default: at<uint64_t>(constant.place)[lane] = constant.bits; break;
            }
        }
    }
}

void Warp::prepare_registers() {
    const Launch &launch = block.launch;
    const uint32_t values[(int)Special::count] = {
        0, launch.threads, block.index[0], block.index[1], block.index[2], launch.grid[0], launch.grid[1],
        launch.grid[2], 0, 0, ALL_LANES,
    };
    for (int special = 0; special < (int)Special::count; special++) {
        const uint32_t place = launch.kernel.special[special];
        if (place == NOWHERE) continue;
        if (special == (int)Special::zero || special == (int)Special::one) {
            *at<uint32_t>(place) = values[special];
            continue;
        }
        for (int lane = 0; lane < LANES; lane++) {
            uint32_t value = values[special];
            if (special == (int)Special::tid_x) value = number_ * LANES + (uint32_t)lane;
            if (special == (int)Special::laneid) value = (uint32_t)lane;
            at<uint32_t>(place)[lane] = value;
        }
    }
}

void Warp::restart() {
    prepare_registers();
    ended = 0;
    std::fill(written.begin(), written.end(), 0);
    parts.assign(1, Part{0, existing, -1, State::ready, 0});
    meetings.clear();
    unused_meetings.clear();
    time = 1;
    std::fill(known, known + LANES + 1, 1);
    in_groups = false;
    executed = 0;
}

bool Warp::has_ready() const {
    for (const Part &part : parts) {
        if (part.state == State::ready) return true;
    }
    return false;
}

int Warp::pick() {
    uint32_t ready = 0;
    for (size_t i = parts.size(); i-- > 0;) {
        if (parts[i].state != State::ready) continue;
        if (block.launch.in_order()) return (int)i;
        ready++;
    }
    if (ready == 0) return -1;
    uint32_t chosen = block.launch.random.below(ready);
    for (size_t i = 0;; i++) {
        if (parts[i].state == State::ready && chosen-- == 0) return (int)i;
    }
}

void Warp::run(uint64_t budget) {
    while (budget > 0) {
        const int index = pick();
        if (index < 0) return;
        // Not for ever, so that a loop without an end is seen.
        const uint64_t turn = block.launch.switches_anywhere() ? 1 + block.launch.random.below(60) : 1 << 20;
        uint64_t steps = std::min(turn, budget);
        const uint64_t before = steps;
        advance((size_t)index, steps);
        budget -= before - steps < budget ? before - steps : budget;
        if (executed > MOST_INSTRUCTIONS) throw Fault{"it has no end", 0, -1};
    }
}

void Warp::advance(size_t index, uint64_t &steps) {
    Part part = parts[index];
    ptx_counts &counts = block.launch.counts;
    const Instruction *const code = block.launch.kernel.code.data();
    const uint64_t before = steps;
    const uint32_t join = part.meeting < 0 ? NOWHERE : meetings[part.meeting].at;
    const auto count = [&] {
        executed += before - steps;
        counts.instructions += before - steps;
    };
    uint64_t lane_instructions = 0;
    for (;;) {
        if (part.at == join) {
            count();
            counts.lane_instructions += lane_instructions;
            parts.erase(parts.begin() + (long)index);
            arrive(part);
            return;
        }
        if (steps == 0) break;
        steps--;
        const Instruction &i = code[part.at];
        running = &i;
        uint32_t lanes = part.lanes;
        if (i.watched != NOWHERE) check_written(i, lanes);
        if (i.guard != NOWHERE) {
            const uint32_t holds = *at<uint32_t>(i.guard);
            lanes &= i.negated ? ~holds : holds;
        }
        lane_instructions += (unsigned)__builtin_popcount(lanes);
        if (i.flow == Flow::next) {
            if (lanes != 0) i.run(*this, i, lanes);
            if (i.watched != NOWHERE) {
                for (uint32_t number : block.launch.kernel.watched[i.watched].writes) written[number] |= lanes;
            }
            part.at++;
            continue;
        }
        if (i.flow == Flow::branch) {
            if (lanes == part.lanes) {
                part.at = i.target;
            } else if (lanes == 0) {
                part.at++;
            } else {
                count();
                counts.lane_instructions += lane_instructions;
                parts.erase(parts.begin() + (long)index);
                divide(part, i, lanes);
                return;
            }
            continue;
        }
        // What follows ends this turn, whatever it is.
        count();
        counts.lane_instructions += lane_instructions;
        if (i.flow == Flow::exit) {
            parts.erase(parts.begin() + (long)index);
            end_lanes(part, lanes);
            return;
        }
        if (lanes != part.lanes) {
            throw Fault{"its guard holds for a part of the lanes that come to it", i.line, lowest(part.lanes)};
        }
        if (i.flow == Flow::block_barrier) {
            wait_for_barrier(part, i);
            parts[index] = part;
            // Perhaps it is the last one: then none waits any more, this one neither.
            block.arrive(*this, part.barrier, i.place[1] == NOWHERE ? 0 : at<uint32_t>(i.place[1])[0], i.line);
            return;
        }
        part.state = State::in_exchange;
        parts[index] = part;
        wait_for_exchange(index);
        return;
    }
    count();
    counts.lane_instructions += lane_instructions;
    parts[index] = part;
}

void Warp::divide(Part &part, const Instruction &i, uint32_t taken) {
    if (i.uniform) {
        throw Fault{formatted("a branch that says bra.uni is taken by lanes 0x%08x of 0x%08x", taken, part.lanes),
                    i.line, lowest(taken)};
    }
    block.launch.counts.divergences++;
    int meeting = part.meeting;
    // Where all meet only at the end of the kernel nobody waits; and a loop's lanes wait at one place.
    if (i.join != NOWHERE && (meeting < 0 || meetings[meeting].at != i.join)) {
        if (unused_meetings.empty()) {
            unused_meetings.push_back((int)meetings.size());
            meetings.push_back({});
        }
        meeting = unused_meetings.back();
        unused_meetings.pop_back();
        meetings[meeting] = {i.join, part.lanes, 0, part.meeting};
    }
    const Part ahead = {part.at + 1, part.lanes & ~taken, meeting, State::ready, 0};
    const Part away = {i.target, taken, meeting, State::ready, 0};
    // In order, the last one of the list runs first.
    parts.push_back(ahead);
    parts.push_back(away);
}

void Warp::arrive(const Part &part) {
    meetings[part.meeting].arrived |= part.lanes;
    release(part.meeting);
}

void Warp::release(int number) {
    const Meeting meeting = meetings[number];
    if (meeting.arrived != meeting.lanes) return;
    unused_meetings.push_back(number);
    if (meeting.lanes != 0) parts.push_back({meeting.at, meeting.lanes, meeting.outer, State::ready, 0});
}

void Warp::end_lanes(Part &part, uint32_t lanes) {
    ended |= lanes;
    const uint32_t left = part.lanes & ~lanes;
    if (left != 0) parts.push_back({part.at + 1, left, part.meeting, State::ready, 0});
    for (int number = part.meeting; number >= 0;) {
        const int outer = meetings[number].outer;
        meetings[number].lanes &= ~lanes;
        // Others still wait there, or nobody will ever come.
        if (meetings[number].arrived == meetings[number].lanes) release(number);
        number = outer;
    }
}

uint32_t Warp::mask_of(const Part &part) const {
    const Instruction &i = block.launch.kernel.code[part.at];
    const uint32_t *masks = reinterpret_cast<const uint32_t *>(registers.data() + i.place[5]);
    const int first = lowest(part.lanes);
    const uint32_t mask = masks[first];
    for (uint32_t left = part.lanes; left != 0; left &= left - 1) {
        const int lane = lowest(left);
        if (masks[lane] != mask) {
            throw Fault{formatted("lane %d names the lanes 0x%08x, lane %d 0x%08x", first, mask, lane, masks[lane]),
                        i.line, lane};
        }
    }
    if ((part.lanes & ~mask) != 0) {
        throw Fault{formatted("the mask 0x%08x does not name the lane itself", mask), i.line,
                    lowest(part.lanes & ~mask)};
    }
    const uint32_t gone = mask & (ended | ~existing);
    if (gone != 0) {
        throw Fault{formatted("the mask 0x%08x names lane %d, which %s", mask, lowest(gone),
                              (gone & existing) ? "has ended" : "the block does not have"),
                    i.line, first};
    }
    return mask;
}

void Warp::wait_for_exchange(size_t index) {
    const uint32_t at = parts[index].at, mask = mask_of(parts[index]);
    uint32_t here = 0;
    for (const Part &part : parts) {
        if (part.state == State::in_exchange && part.at == at && mask_of(part) == mask) here |= part.lanes;
    }
    if (here != mask) return;
    const Instruction &i = block.launch.kernel.code[at];
    if (i.flow == Flow::warp_barrier) {
        synchronise(mask);
    } else {
        i.run(*this, i, mask);
        if (i.watched != NOWHERE) {
            for (uint32_t number : block.launch.kernel.watched[i.watched].writes) written[number] |= mask;
        }
    }
    for (Part &part : parts) {
        if (part.state != State::in_exchange || part.at != at || (part.lanes & ~mask) != 0) continue;
        part.state = State::ready;
        part.at++;
    }
}

void Warp::wait_for_barrier(Part &part, const Instruction &i) {
    if (part.lanes != existing) {
        const uint32_t gone = existing & ended, others = existing & ~part.lanes & ~gone;
        std::string text = formatted("lane %d of the warp has ended before the barrier", lowest(gone | 1u << 31));
        if (gone == 0) {
            text = formatted("only the lanes 0x%08x of the warp come to the barrier together; lane %d is %s", part.lanes,
                             lowest(others), whereabouts(lowest(others)).c_str());
        }
        throw Fault{text, i.line, lowest(part.lanes)};
    }
    const uint32_t *which = at<uint32_t>(i.place[0]);
    for (int lane = 0; lane < LANES; lane++) {
        if ((existing >> lane & 1) && (which[lane] != which[0] || which[lane] > 15)) {
            throw Fault{formatted("lane %d waits at barrier %u; expected 0 to 15, the same for all", lane, which[lane]),
                        i.line, lane};
        }
    }
    part.state = State::at_block_barrier;
    part.barrier = (int32_t)which[0];
}

void Warp::pass_barrier(int32_t barrier) {
    for (Part &part : parts) {
        if (part.state != State::at_block_barrier || part.barrier != barrier) continue;
        part.state = State::ready;
        part.at++;
    }
    known[number_] = ++time;
    in_groups = false;
}

void Warp::synchronise(uint32_t lanes) {
    time++;
    if (lanes == existing) {
        known[number_] = time;
        in_groups = false;
        return;
    }
    if (!in_groups) {
        for (auto &row : of_lanes) std::fill(row, row + LANES, known[number_]);
        in_groups = true;
    }
    // Each lane of the mask knows what any of them knew, and all that they did.
    uint32_t together[LANES] = {};
    for (int of = 0; of < LANES; of++) {
        if (lanes >> of & 1) together[of] = time;
        for (int lane = 0; lane < LANES; lane++) {
            if (lanes >> lane & 1) together[of] = std::max(together[of], of_lanes[lane][of]);
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        if (lanes >> lane & 1) memcpy(of_lanes[lane], together, sizeof together);
    }
}

bool Warp::knows(uint32_t lanes, uint32_t time, int lane) const {
    uint32_t others = lanes & ~(1u << lane);
    if (others != 0 && !in_groups) return false;
    for (; others != 0; others &= others - 1) {
        if (time >= of_lanes[lane][lowest(others)]) return false;
    }
    return true;
}

std::string Warp::block_name(uint32_t serial) const {
    const Launch &launch = block.launch;
    const uint32_t number = serial - launch.base, plane = launch.grid[0] * launch.grid[1];
    return formatted("block (%u, %u, %u)", number % launch.grid[0], number % plane / launch.grid[0], number / plane);
}

std::string Warp::whereabouts(int lane) const {
    for (const Part &part : parts) {
        if (part.lanes >> lane & 1) return formatted("at line %u", block.launch.kernel.code[part.at].line);
    }
    for (const Meeting &meeting : meetings) {
        if (meeting.arrived >> lane & 1) return formatted("at line %u", block.launch.kernel.code[meeting.at].line);
    }
    return ended >> lane & 1 ? "at its end" : "nowhere";
}

bool Warp::waits(int &lane, uint32_t &line) const {
    for (const Part &part : parts) {
        if (part.state != State::in_exchange) continue;
        lane = lowest(mask_of(part) & ~part.lanes);
        line = block.launch.kernel.code[part.at].line;
        return true;
    }
    return false;
}

void Warp::check_written(const Instruction &i, uint32_t lanes) {
    const Watched &watched = block.launch.kernel.watched[i.watched];
    const uint32_t all = lanes;
    if (i.guard != NOWHERE) {
        const uint32_t holds = *at<uint32_t>(i.guard);
        lanes &= i.negated ? ~holds : holds;
    }
    for (const Watched::Read &read : watched.reads) {
        const uint32_t missing = (read.is_guard ? all : lanes) & ~written[read.number];
        if (missing == 0) continue;
        throw Fault{formatted("it reads %s, which nothing has written", read.name.c_str()), i.line, lowest(missing)};
    }
}

}  // namespace ptx
