// A warp: 32 lanes, their registers, and the parts into which branches have divided them.
#ifndef WARP_H
#define WARP_H

#include <stdint.h>

#include <string>
#include <vector>

#include "fault.h"
#include "program.h"

namespace ptx {

class Block;
struct Accessor;

class Warp {
public:
    /// Lane 0 is the block's thread 32 * number, so many lanes exist.
    Warp(Block &block, unsigned number, unsigned lanes);

    /// The registers of a place, one for each lane.
    template <typename T> T *at(uint32_t place) { return reinterpret_cast<T *>(registers.data() + place); }

    /// Where the bytes of each lane's access lie; throws Fault where a lane may not access them.
    void reach(const Instruction &instruction, uint32_t lanes, char **bytes);

    /// Runs until it has to wait, has ended, or has executed about `budget` instructions.
    void run(uint64_t budget);
    /// Makes it ready for another block.
    void restart();

    bool has_ready() const;
    bool has_ended() const { return parts.empty(); }
    uint8_t number() const { return (uint8_t)number_; }
    /// Where a lane is, for messages.
    std::string whereabouts(int lane) const;
    /// The lane and the line of a part that waits; false where there is none.
    bool waits(int &lane, uint32_t &line) const;

    // What it knows of others' accesses. Its time goes on with each barrier that it passes. What warp i did before time
    // known[i] comes before what this one does now; for its own number, what all its lanes know of each other; behind the
    // last warp, how many barriers of the whole block are complete.
    uint32_t time = 1;
    uint32_t known[LANES + 1];
    /// Whether what other lanes did at that time comes before what this lane does now, where known does not say so.
    bool knows(uint32_t lanes, uint32_t time, int lane) const;
    std::string block_name(uint32_t serial) const;

    // For the block, when a barrier of it is complete.
    void pass_barrier(int32_t barrier);
    uint32_t threads() const { return existing; }

    /// The instruction that runs, for messages.
    const Instruction *running = nullptr;

private:
    enum class State : uint8_t { ready, at_block_barrier, in_exchange };

    /// Lanes that are at the same instruction.
    struct Part {
        uint32_t at;
        uint32_t lanes;
        int meeting;  // where they wait for the others of the branch that divided them; -1: nowhere
        State state;
        int32_t barrier;
    };
    /// Where the lanes of a branch come together again.
    struct Meeting {
        uint32_t at;
        uint32_t lanes, arrived;
        int outer;
    };

    Block &block;
    unsigned number_;
    uint32_t existing, ended = 0;
    std::vector<uint8_t> registers;
    std::vector<uint32_t> written;  // lanes that have written each watched register
    std::vector<Part> parts;
    std::vector<Meeting> meetings;
    std::vector<int> unused_meetings;
    bool in_groups = false;  // lanes know different things of each other: of_lanes[i][j] then
    uint32_t of_lanes[LANES][LANES];
    uint64_t executed = 0;

    int pick();
    /// Runs one part for up to `steps` instructions.
    void advance(size_t index, uint64_t &steps);
    void divide(Part &part, const Instruction &instruction, uint32_t taken);
    void arrive(const Part &part);
    void release(int meeting);
    void end_lanes(Part &part, uint32_t lanes);
    void wait_for_exchange(size_t index);
    void wait_for_barrier(Part &part, const Instruction &instruction);
    uint32_t mask_of(const Part &part) const;
    void synchronise(uint32_t lanes);
    void check_written(const Instruction &instruction, uint32_t lanes);
    void prepare_registers();
};

}  // namespace ptx

#endif
