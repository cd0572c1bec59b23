#include "shadow.h"

#include <sys/mman.h>

#include <string>

#include "fault.h"
#include "warp.h"

namespace ptx {

namespace {

/// Whether all of them come before what the accessor does now.
bool is_before(const Accesses &accesses, const Accessor &accessor) {
    return accessor.comes_after(accesses) ||
           (accesses.warp == accessor.number && accessor.warp.knows(accesses.lanes, accesses.time, accessor.lane));
}

/// Adds this access to those that it comes after none of, or puts it in their place.
void add(Accesses &accesses, const Accessor &accessor, bool is_plain) {
    const uint32_t lane = 1u << accessor.lane;
    if (accesses.serial != accessor.serial || is_before(accesses, accessor)) {
        accesses = {accessor.serial, accessor.time, lane, accessor.number, is_plain};
    } else if (accesses.warp == accessor.number) {
        accesses.lanes |= lane;
        accesses.time = accessor.time;
        accesses.is_plain |= is_plain;
    } else {
        accesses.warp = SEVERAL_WARPS;
        accesses.time = accessor.known[SEVERAL_WARPS];
        accesses.is_plain |= is_plain;
    }
}

[[noreturn]] void race(const char *what, const Accessor &accessor, const Accesses &other, const char *did) {
    std::string who;
    if (other.serial != accessor.serial) {
        who = accessor.warp.block_name(other.serial);
    } else if (other.warp == SEVERAL_WARPS) {
        who = "threads of several warps";
    } else {
        const uint32_t others = other.lanes & ~(other.warp == accessor.number ? 1u << accessor.lane : 0);
        who = formatted("thread %u", other.warp * (unsigned)LANES + (unsigned)__builtin_ctz(others | 1u << 31));
    }
    throw Fault{formatted("race: it %s what %s has %s with no barrier in between", what, who.c_str(), did), 0,
                accessor.lane};
}

void read(Cell &cell, Access access, const Accessor &accessor, bool must_be_written) {
    const bool is_plain = access != Access::strong_read;
    const Accesses &writes = cell.writes;
    if (must_be_written && writes.serial != accessor.serial) {
        throw Fault{"it reads shared memory that nothing has written", 0, accessor.lane};
    }
    const uint32_t foreign = writes.serial != accessor.serial ? writes.serial : cell.foreign_write;
    if (access == Access::read_only) {
        if (writes.serial >= accessor.base || cell.foreign_write >= accessor.base) {
            throw Fault{"it reads with ld.global.nc what this launch has written", 0, accessor.lane};
        }
        cell.read_only = accessor.serial;
    }
    if (foreign >= accessor.base && (is_plain || writes.is_plain)) {
        race("reads", accessor, {foreign, 0, 0, 0, true}, "written");
    }
    if (writes.serial == accessor.serial && (is_plain || writes.is_plain) && !is_before(writes, accessor)) {
        race("reads", accessor, writes, "written");
    }
    Accesses &reads = cell.reads;
    if (reads.serial != accessor.serial) {
        if (reads.serial >= accessor.base) cell.foreign_read = reads.serial;
        reads.serial = 0;
    }
    add(reads, accessor, is_plain);
}

void write(Cell &cell, Access access, const Accessor &accessor) {
    const bool is_plain = access == Access::write;
    Accesses &writes = cell.writes, &reads = cell.reads;
    if (cell.read_only >= accessor.base) {
        throw Fault{"it writes what this launch reads with ld.global.nc", 0, accessor.lane};
    }
    const uint32_t foreign_read = reads.serial != accessor.serial ? reads.serial : cell.foreign_read;
    const uint32_t foreign_write = writes.serial != accessor.serial ? writes.serial : cell.foreign_write;
    if (foreign_read >= accessor.base && (is_plain || reads.is_plain)) {
        race("writes", accessor, {foreign_read, 0, 0, 0, true}, "read");
    }
    if (foreign_write >= accessor.base && (is_plain || writes.is_plain)) {
        race("writes", accessor, {foreign_write, 0, 0, 0, true}, "written");
    }
    if (reads.serial == accessor.serial && (is_plain || reads.is_plain) && !is_before(reads, accessor)) {
        race("writes", accessor, reads, "read");
    }
    if (writes.serial == accessor.serial && (is_plain || writes.is_plain) && !is_before(writes, accessor)) {
        race("writes", accessor, writes, "written");
    }
    if (writes.serial != accessor.serial) {
        if (writes.serial >= accessor.base) cell.foreign_write = writes.serial;
        writes.serial = 0;
    }
    // Whatever comes after a plain write that is ordered comes after all before it too.
    if (is_plain) {
        writes.serial = 0;
        reads.serial = 0;
    }
    add(writes, accessor, is_plain);
}

void touch(Cell &cell, Access access, const Accessor &accessor, bool must_be_written) {
    switch (access) {
    case Access::read:
    case Access::read_only:
    case Access::strong_read: read(cell, access, accessor, must_be_written); break;
    case Access::write:
    case Access::strong_write: write(cell, access, accessor); break;
    }
}

/// By one lane after the other: what they do is ordered as little as what any other threads do.
void touch_by_each(Cell &cell, Access access, const Accessor &accessor, bool must_be_written) {
    Accessor one = accessor;
    for (uint32_t left = accessor.lanes; left != 0; left &= left - 1) {
        one.lane = __builtin_ctz(left);
        touch(cell, access, one, must_be_written);
    }
}

}  // namespace

Shadow::~Shadow() {
    if (cells != nullptr) munmap(cells, mapped);
}

void Shadow::reserve(size_t bytes) {
    if (cells != nullptr) return;
    mapped = (bytes / 4 + 2) * sizeof(Cell);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED) throw Fault{"no memory to note accesses in", 0, -1};
    cells = static_cast<Cell *>(memory);
}

void Shadow::trim() {
    bytes_of.clear();
    if (mapped > 64u << 20) madvise(cells, mapped, MADV_DONTNEED);
}

void Shadow::note_word(Cell &cell, Access access, const Accessor &accessor, bool must_be_written) {
    if (cell.split_base == accessor.base) return note_pieces(cell, 0, 4, access, accessor, must_be_written);
    touch_by_each(cell, access, accessor, must_be_written);
}

void Shadow::note_pieces(Cell &cell, size_t offset, int bytes, Access access, const Accessor &accessor,
                         bool must_be_written) {
    if (cell.split_base != accessor.base) {
        Bytes fresh;
        for (Cell &one : fresh.cell) one = cell;
        bytes_of.push_back(fresh);
        cell.split = (uint32_t)bytes_of.size() - 1;
        cell.split_base = accessor.base;
    }
    Bytes &pieces = bytes_of[cell.split];
    for (int i = 0; i < bytes; i++) touch_by_each(pieces.cell[offset + i], access, accessor, must_be_written);
}

}  // namespace ptx
