// The columns and rows of the cells that make a box. A block an image; warps take cells in turn. Cells are collapsed as often
// as they are needed, since all of them together may not fit the block's memory.
#include "collapse.cuh"
#include "td_team.cuh"

/// Cells that are not 0.
struct CkMean {
    int64_t sum;
    int count, unused;
    __device__ __forceinline__ void add(const CkMean &other) {
        sum += other.sum;
        count += other.count;
    }
};

/// Columns and rows of some cells; of none, the first ones lie behind the last ones.
struct CkBox {
    int first_column, last_column, first_row, last_row;
    __device__ __forceinline__ void add(const CkBox &other) {
        first_column = other.first_column < first_column ? other.first_column : first_column;
        last_column = other.last_column > last_column ? other.last_column : last_column;
        first_row = other.first_row < first_row ? other.first_row : first_row;
        last_row = other.last_row > last_row ? other.last_row : last_row;
    }
};

/// Of columns or of rows; first -1: none.
struct CkInterval {
    int first, last;
};

struct CkExtentShared {
    TdTeamShared<CK_READ_OUT_BLOCK> team;
    CkInterval columns, rows;
};

static_assert(sizeof(CkExtentShared) == CK_EXTENT_SHARED, "the host knows this size");

using CkTeam = TdTeam<CK_READ_OUT_BLOCK>;

/// Calls take(cell, value) for each cell that is not 0.
template <typename Take> static __device__ __forceinline__ void ck_each_cell(const CkCells &map, Take take) {
    const int lane = (int)threadIdx.x % 32, warps = CK_READ_OUT_BLOCK / 32;
    for (int64_t first = (int64_t)(threadIdx.x / 32) * map.at_once; first < map.cells; first += warps * map.at_once) {
        const int64_t value = map.of_warp((int)first);
        if (value != 0) take((int)first + lane, value);
    }
}

/// A marginal between two shares of its mass. By a whole warp.
static __device__ __forceinline__ CkInterval ck_interval(const uint64_t *marginal, int count, double low, double high) {
    const int lane = (int)threadIdx.x % 32;
    uint64_t total = 0;
    for (int i = lane; i < count; i += 32) total += marginal[i];
#pragma unroll
    for (int by = 16; by > 0; by /= 2) total += __shfl_xor_sync(~0u, total, by);
    CkInterval interval = {-1, -1};
    if (total == 0) return interval;
    const double lower = __dmul_rn(low, __ll2double_rn((int64_t)total));
    const double upper = __dmul_rn(high, __ll2double_rn((int64_t)total));
    uint64_t before = 0;
    for (int start = 0; start < count; start += 32) {
        const uint64_t mass = start + lane < count ? marginal[start + lane] : 0;
        uint64_t running = mass;
#pragma unroll
        for (int by = 1; by < 32; by *= 2) {
            const uint64_t other = __shfl_up_sync(~0u, running, (unsigned)by);
            if (lane >= by) running += other;
        }
        running += before;
        const double reached = __ll2double_rn((int64_t)running);
        const uint32_t above = __ballot_sync(~0u, mass != 0 && reached > lower);
        const uint32_t up_to = __ballot_sync(~0u, mass != 0 && reached >= upper);
        if (interval.first < 0 && above != 0) interval.first = start + __ffs((int)above) - 1;
        if (interval.last < 0 && up_to != 0) interval.last = start + __ffs((int)up_to) - 1;
        before = __shfl_sync(~0u, running, 31);
    }
    if (interval.first < 0 || interval.last < 0) return {-1, -1};
    // A share near 0 may fall between two cells: both of them, then.
    if (interval.last < interval.first) return {interval.last, interval.first};
    return interval;
}

/// Cells of at least the rule's lower bound.
static __device__ __forceinline__ CkBox ck_tight_box(CkTeam &team, const ck_cuda_extent &call, const CkCells &map) {
    double bound = 0;
    if (call.rule != CK_EXTENT_ALL) {
        CkMean mean = {0, 0, 0};
        ck_each_cell(map, [&](int, int64_t value) { mean.add({value, 1, 0}); });
        mean = team.all(mean);
        const int count = call.rule == CK_EXTENT_MEAN ? mean.count : map.cells;
        bound = __dmul_rn(call.low, __ddiv_rn(__ll2double_rn(mean.sum), __ll2double_rn(count)));
    }
    CkBox box = {0x7fffffff, -1, 0x7fffffff, -1};
    ck_each_cell(map, [&](int cell, int64_t value) {
        if (call.rule != CK_EXTENT_ALL && !(__ll2double_rn(value) >= bound)) return;
        const int row = cell / call.gating.width, column = cell - row * call.gating.width;
        box.add({column, column, row, row});
    });
    return team.all(box);
}

/// The middle share of the mass along each axis. All threads of the block get the box.
static __device__ __forceinline__ CkBox ck_mass_box(CkExtentShared &shared, const ck_cuda_extent &call,
                                                    const CkCells &map) {
    const int width = call.gating.width, height = call.gating.height;
    uint64_t *columns = reinterpret_cast<uint64_t *>(&shared + 1), *rows = columns + width;
    for (int i = (int)threadIdx.x; i < width + height; i += CK_READ_OUT_BLOCK) columns[i] = 0;
    __syncthreads();
    ck_each_cell(map, [&](int cell, int64_t value) {
        if (value < 0) return;
        const int row = cell / width;
        atomicAdd(columns + (cell - row * width), (uint64_t)value);
        atomicAdd(rows + row, (uint64_t)value);
    });
    __syncthreads();
    if (threadIdx.x < 64) {
        const bool is_across = threadIdx.x < 32;
        const CkInterval found =
            ck_interval(is_across ? columns : rows, is_across ? width : height, call.low, call.high);
        if (threadIdx.x % 32 == 0) *(is_across ? &shared.columns : &shared.rows) = found;
    }
    __syncthreads();
    if (shared.columns.first < 0 || shared.rows.first < 0) return {0, -1, 0, -1};
    return {shared.columns.first, shared.columns.last, shared.rows.first, shared.rows.last};
}

CK_KERNEL __launch_bounds__(CK_READ_OUT_BLOCK, 2) ck_extent(const ck_cuda_extent call) {
    CK_DYNAMIC_SHARED(memory);
    CkExtentShared &shared = *reinterpret_cast<CkExtentShared *>(memory);
    const int image = (int)blockIdx.x;
    if (call.images[image].status != CK_TD_OK) return;
    const CkCells map(call.gating, call.collapse, image);
    CkTeam team = {shared.team, (int)threadIdx.x, CK_READ_OUT_BLOCK};
    const CkBox box =
        call.rule == CK_EXTENT_MASS ? ck_mass_box(shared, call, map) : ck_tight_box(team, call, map);
    if (threadIdx.x != 0) return;
    const bool is_empty = box.last_column < 0;
    ck_cuda_finding &finding = call.findings[image];
    finding.first_column = is_empty ? -1 : box.first_column;
    finding.last_column = is_empty ? -1 : box.last_column;
    finding.first_row = is_empty ? -1 : box.first_row;
    finding.last_row = is_empty ? -1 : box.last_row;
}
