// Who has touched a word of memory: what races are found by. A cell stands for four bytes; where smaller pieces of a word
// are accessed, the word has a cell for each byte from then on.
#ifndef SHADOW_H
#define SHADOW_H

#include <stdint.h>

#include <vector>

#include "program.h"

namespace ptx {

/// Accesses of one block that nothing orders among themselves: by lanes of one warp, at that warp's time; or by several
/// warps, in that generation of the block.
struct Accesses {
    uint32_t serial = 0;  // the block's; 0: none
    uint32_t time = 0;
    uint32_t lanes = 0;
    uint8_t warp = 0;
    bool is_plain = false;
};

/// In the place of a warp's number.
constexpr uint8_t SEVERAL_WARPS = LANES;

struct Cell {
    Accesses writes, reads;
    uint32_t foreign_write = 0, foreign_read = 0;  // serial of another block
    uint32_t read_only = 0;                        // serial of a block that read it as what the launch does not write
    // Its bytes have cells of their own since that launch (base as in Accessor), of this number.
    uint32_t split_base = 0, split = 0;
};

/// The thread that accesses.
struct Accessor {
    const Warp &warp;
    const uint32_t *known;  // by warp: what it did before that time comes before what this thread does
    uint32_t time;
    uint8_t number;   // of the warp
    uint32_t serial;  // of its block
    uint32_t base;    // of the launch's first block: cells of earlier ones are as good as new
    int lane = 0;
    uint32_t lanes = 1;  // all that do this at this address, of which `lane` is one

    bool comes_after(const Accesses &accesses) const { return accesses.time < known[accesses.warp]; }
};

/// The cells of one stretch of memory.
class Shadow {
public:
    Shadow() = default;
    Shadow(const Shadow &) = delete;
    Shadow &operator=(const Shadow &) = delete;
    ~Shadow();

    /// For so many bytes; nothing but address space is taken before it is used.
    void reserve(size_t bytes);
    bool is_reserved() const { return cells != nullptr; }
    /// Gives back what a launch of much memory has taken.
    void trim();

    /// Notes an access of `bytes` bytes at `offset`, aligned to its size up to 4; throws Fault for a race. `must_be_written`:
    /// a read of what this block has not written is a fault too. Bit i of `used`: byte i is used.
    void note(size_t offset, int bytes, Access access, const Accessor &accessor, bool must_be_written, uint32_t used) {
        Cell *cell = cells + offset / 4;
        if (bytes < 4) return note_pieces(*cell, offset % 4, bytes, access, accessor, must_be_written);
        for (int word = 0; word < bytes / 4; word++) {
            if ((used >> 4 * word & 15) == 0 || is_mere_read(cell[word], access, accessor, must_be_written)) {
                continue;
            }
            note_word(cell[word], access, accessor, must_be_written);
        }
    }

private:
    Cell *cells = nullptr;
    size_t mapped = 0;
    struct Bytes {
        Cell cell[4];
    };
    std::vector<Bytes> bytes_of;

    /// Notes what is most frequent: a plain read of what was written long before, or not at all by this launch.
    static bool is_mere_read(Cell &cell, Access access, const Accessor &accessor, bool must_be_written) {
        if (access != Access::read && access != Access::read_only) return false;
        if (cell.split_base == accessor.base || cell.foreign_write >= accessor.base) return false;
        const bool is_written = cell.writes.serial == accessor.serial && access == Access::read;
        if (is_written ? !accessor.comes_after(cell.writes) : must_be_written || cell.writes.serial >= accessor.base) {
            return false;
        }
        if (access == Access::read_only) cell.read_only = accessor.serial;
        Accesses &reads = cell.reads;
        if (reads.serial != accessor.serial || accessor.comes_after(reads)) {
            if (reads.serial != accessor.serial && reads.serial >= accessor.base) cell.foreign_read = reads.serial;
            reads = {accessor.serial, accessor.time, accessor.lanes, accessor.number, true};
        } else if (reads.warp == accessor.number) {
            reads.lanes |= accessor.lanes;
            reads.time = accessor.time;
            reads.is_plain = true;
        } else {
            reads.warp = SEVERAL_WARPS;
            reads.time = accessor.known[SEVERAL_WARPS];
            reads.is_plain = true;
        }
        return true;
    }

    void note_word(Cell &cell, Access access, const Accessor &accessor, bool must_be_written);
    void note_pieces(Cell &cell, size_t offset, int bytes, Access access, const Accessor &accessor,
                     bool must_be_written);
};

}  // namespace ptx

#endif
