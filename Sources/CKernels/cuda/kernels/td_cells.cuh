// Sets of cells of one channel's window, in one thread's registers, and their 8-connected components. Bit y * columns +
// x is a cell: 32 of them, or 128.
#ifndef TD_CELLS_CUH
#define TD_CELLS_CUH

#include "kernel.cuh"

struct TdCells32 {
    uint32_t bits;

    static constexpr int SIZE = 32;
    static __device__ __forceinline__ TdCells32 none() { return {0}; }
    __device__ __forceinline__ bool empty() const { return bits == 0; }
    __device__ __forceinline__ bool has(int cell) const { return bits >> cell & 1; }
    __device__ __forceinline__ void set(int cell) { bits |= 1u << cell; }
    __device__ __forceinline__ int first() const { return __ffs((int)bits) - 1; }
    __device__ __forceinline__ int area() const { return __popc(bits); }
    __device__ __forceinline__ TdCells32 lowest() const { return {bits & (0 - bits)}; }
    __device__ __forceinline__ TdCells32 without(TdCells32 other) const { return {bits & ~other.bits}; }
    __device__ __forceinline__ TdCells32 operator&(TdCells32 other) const { return {bits & other.bits}; }
    __device__ __forceinline__ TdCells32 operator|(TdCells32 other) const { return {bits | other.bits}; }
    __device__ __forceinline__ bool operator!=(TdCells32 other) const { return bits != other.bits; }
    __device__ __forceinline__ TdCells32 up(int by) const { return {by < 32 ? bits << by : 0}; }
    __device__ __forceinline__ TdCells32 down(int by) const { return {by < 32 ? bits >> by : 0}; }
};

struct TdCells128 {
    uint64_t low, high;

    static constexpr int SIZE = 128;
    static __device__ __forceinline__ TdCells128 none() { return {0, 0}; }
    __device__ __forceinline__ bool empty() const { return (low | high) == 0; }
    __device__ __forceinline__ bool has(int cell) const { return (cell < 64 ? low >> cell : high >> (cell - 64)) & 1; }
    __device__ __forceinline__ void set(int cell) {
        if (cell < 64) {
            low |= (uint64_t)1 << cell;
        } else {
            high |= (uint64_t)1 << (cell - 64);
        }
    }
    __device__ __forceinline__ int first() const {
        return low != 0 ? __ffsll((int64_t)low) - 1 : 63 + __ffsll((int64_t)high);
    }
    __device__ __forceinline__ int area() const { return __popcll(low) + __popcll(high); }
    __device__ __forceinline__ TdCells128 lowest() const {
        if (low != 0) return {low & (0 - low), 0};
        return {0, high & (0 - high)};
    }
    __device__ __forceinline__ TdCells128 without(TdCells128 other) const {
        return {low & ~other.low, high & ~other.high};
    }
    __device__ __forceinline__ TdCells128 operator&(TdCells128 other) const {
        return {low & other.low, high & other.high};
    }
    __device__ __forceinline__ TdCells128 operator|(TdCells128 other) const {
        return {low | other.low, high | other.high};
    }
    __device__ __forceinline__ bool operator!=(TdCells128 other) const {
        return low != other.low || high != other.high;
    }
    /// By at least 1.
    __device__ __forceinline__ TdCells128 up(int by) const {
        if (by < 64) return {low << by, high << by | low >> (64 - by)};
        return {0, by < 128 ? low << (by - 64) : 0};
    }
    __device__ __forceinline__ TdCells128 down(int by) const {
        if (by < 64) return {low >> by | high << (64 - by), high >> by};
        return {by < 128 ? high >> (by - 64) : 0, 0};
    }
};

template <bool WIDE> struct TdCellsOf {
    using Type = TdCells32;
};
template <> struct TdCellsOf<true> {
    using Type = TdCells128;
};

/// A window's rows: the cells that have a right or a left neighbour.
template <typename Cells> struct TdGrid {
    int columns;
    Cells not_last, not_first;

    __device__ __forceinline__ TdGrid(int rows, int columns)
        : columns(columns), not_last(Cells::none()), not_first(Cells::none()) {
        for (int cell = 0, column = 0; cell < rows * columns; cell++) {
            if (column > 0) not_first.set(cell);
            if (column < columns - 1) not_last.set(cell);
            column = column == columns - 1 ? 0 : column + 1;
        }
    }

    /// The component of `set` that holds its first cell.
    __device__ __forceinline__ Cells component(Cells set) const {
        Cells now = set.lowest(), before = now;
        do {
            before = now;
            const Cells row = now | (now & not_last).up(1) | (now & not_first).down(1);
            now = (row | row.up(columns) | row.down(columns)) & set;
        } while (now != before);
        return now;
    }
};

#endif
