// Where an access goes, and whether it may.
#include <inttypes.h>

#include "block.h"

namespace ptx {

namespace {

[[noreturn]] void beyond(const Instruction &i, int lane, uint64_t address, const char *where) {
    const bool reads = i.access == Access::read || i.access == Access::read_only || i.access == Access::strong_read;
    throw Fault{
        formatted("it %s %u bytes at 0x%" PRIx64 ", which %s", reads ? "reads" : "writes", i.bytes, address, where),
        i.line, lane};
}

bool is_in_window(uint64_t address, uint64_t window) { return address - window < WINDOW_BYTES; }

const char *foreign(uint64_t address) {
    if (is_in_window(address, SHARED_WINDOW)) return "is shared memory";
    if (is_in_window(address, PARAMETER_WINDOW)) return "is the kernel's parameter";
    return "is in no memory that it was given";
}

}  // namespace

Region *Launch::region(uint64_t address) {
    if (last != nullptr && address - last->begin < last->bytes) return last;
    size_t low = 0, high = regions.size();
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (regions[middle]->begin <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || address - regions[low - 1]->begin >= regions[low - 1]->bytes) return nullptr;
    last = regions[low - 1].get();
    last->shadow.reserve(last->bytes);
    return last;
}

namespace {

/// Lanes by what they access, so that what many of them read is noted once.
struct Alike {
    uint64_t offset = ~(uint64_t)0;
    uint32_t lanes = 0;
    Region *region = nullptr;
};

}  // namespace

void Warp::reach(const Instruction &i, uint32_t lanes, char **bytes) {
    Launch &launch = block.launch;
    const uint64_t *bases = at<uint64_t>(i.place[4]);
    if (i.space == Space::parameter) {
        for (uint32_t left = lanes; left != 0; left &= left - 1) {
            const int lane = __builtin_ctz(left);
            const uint64_t address = bases[lane] + (uint64_t)i.offset, offset = address - PARAMETER_WINDOW;
            if ((address & (i.bytes - 1u)) != 0) beyond(i, lane, address, "is not aligned");
            if (offset >= WINDOW_BYTES || offset + i.bytes > launch.kernel.parameter_bytes) {
                beyond(i, lane, address, "is outside of the kernel's parameter");
            }
            bytes[lane] = const_cast<char *>(launch.parameters) + offset;
        }
        return;
    }
    const bool is_shared = i.space == Space::shared;
    Accessor accessor = {*this, known, time, number(), is_shared ? block.shared_serial : block.serial,
                         is_shared ? block.shared_serial : launch.base};
    const auto note = [&](const Alike &alike) {
        accessor.lanes = alike.lanes;
        Shadow &shadow = is_shared ? block.shared_shadow : alike.region->shadow;
        shadow.note(alike.offset, i.bytes, i.access, accessor, is_shared, i.used_bytes);
    };
    constexpr int SLOTS = 16;
    Alike slots[SLOTS];
    const bool writes = i.access == Access::write || i.access == Access::strong_write;
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        const uint64_t address = bases[lane] + (uint64_t)i.offset;
        if ((address & (i.bytes - 1u)) != 0) beyond(i, lane, address, "is not aligned");
        uint64_t offset;
        Region *region = nullptr;
        if (is_shared) {
            offset = address - SHARED_WINDOW;
            if (offset >= WINDOW_BYTES) {
                const bool is_parameter = is_in_window(address, PARAMETER_WINDOW);
                beyond(i, lane, address, is_parameter ? foreign(address) : "is no shared memory");
            }
            if (offset + i.bytes > launch.shared_bytes) beyond(i, lane, address, "is past the block's shared memory");
            bytes[lane] = block.shared.data() + offset;
        } else {
            region = launch.region(address);
            if (region == nullptr) beyond(i, lane, address, foreign(address));
            offset = address - region->begin;
            if (region->bytes - offset < i.bytes) beyond(i, lane, address, "is past the end of its memory");
            // Cells stand for words of addresses, not of offsets.
            offset += region->begin % 4;
            bytes[lane] = reinterpret_cast<char *>(address);
        }
        if (writes) {
            accessor.lane = lane;
            note({offset, 1u << lane, region});
            continue;
        }
        Alike &slot = slots[address >> __builtin_ctz(i.bytes) & (SLOTS - 1)];
        if (slot.offset != offset || slot.region != region) {
            if (slot.lanes != 0) note(slot);
            slot = {offset, 0, region};
        }
        slot.lanes |= 1u << lane;
    }
    for (const Alike &slot : slots) {
        if (slot.lanes != 0) note(slot);
    }
}

}  // namespace ptx
