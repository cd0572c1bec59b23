// The best classes of each image. A block an image: all its threads read outputs, its first warp decides.
#include "kernel.cuh"

#include "ck_cuda_read_out.h"
#include "read_out_launch.h"

constexpr int CK_RANK_OUTPUTS = 1024;  // read at a time

/// The best so far, the same in each lane.
struct CkBest {
    int count;
    int top[CK_FINDING_CLASSES];
    float scores[CK_FINDING_CLASSES];

    /// Whether a full list has no place for it. Written as the host does: what is not a number compares as false.
    __device__ __forceinline__ bool passes_over(float value) const {
        return count == CK_FINDING_CLASSES && !(value > scores[CK_FINDING_CLASSES - 1]);
    }

    /// Before the first that it is greater than; the last of a full list goes.
    __device__ __forceinline__ void insert(int index, float value) {
        bool is_placed = false;
#pragma unroll
        for (int place = 0; place < CK_FINDING_CLASSES; place++) {
            is_placed = is_placed || place >= count || value > scores[place];
            if (!is_placed) continue;
            const int moved = top[place];
            const float its = scores[place];
            top[place] = index;
            scores[place] = value;
            index = moved;
            value = its;
        }
        count += count < CK_FINDING_CLASSES;
    }
};

CK_KERNEL __launch_bounds__(CK_READ_OUT_BLOCK) ck_rank(const ck_cuda_rank rank) {
    CK_SHARED(values, float[CK_RANK_OUTPUTS]);
    const int image = (int)blockIdx.x, lane = (int)threadIdx.x % 32;
    const bool is_first_warp = threadIdx.x < 32;
    const float *outputs = rank.outputs + image * rank.image_stride;
    CkBest best = {0, {-1, -1, -1, -1, -1}, {0, 0, 0, 0, 0}};
    // The first of the largest: nothing is greater than a first output that is not a number.
    int largest = 0;
    float its = outputs[0];
    for (int first = 0; first < rank.classes; first += CK_RANK_OUTPUTS) {
        const int count = rank.classes - first < CK_RANK_OUTPUTS ? rank.classes - first : CK_RANK_OUTPUTS;
        for (int i = (int)threadIdx.x; i < count; i += CK_READ_OUT_BLOCK) values[i] = outputs[first + i];
        __syncthreads();
        for (int start = 0; is_first_warp && start < count; start += 32) {
            const int own = start + lane;
            const float value = own < count ? values[own] : 0.0f;
            if (own < count && value > its) {
                its = value;
                largest = first + own;
            }
            // In ascending order; each changes what the others are compared with.
            uint32_t rest = ~0u;
            for (;;) {
                const uint32_t next = __ballot_sync(~0u, own < count && !best.passes_over(value)) & rest;
                if (next == 0) break;
                const int owner = __ffs((int)next) - 1;
                best.insert(first + start + owner, __shfl_sync(~0u, value, owner));
                rest = ~1u << owner;
            }
        }
        __syncthreads();
    }
    if (!is_first_warp) return;
#pragma unroll
    for (int by = 16; by > 0; by /= 2) {
        const float other = __shfl_xor_sync(~0u, its, by);
        const int its_class = __shfl_xor_sync(~0u, largest, by);
        if (other > its || (other == its && its_class < largest)) {
            its = other;
            largest = its_class;
        }
    }
    if (lane != 0) return;
    if (rank.predicted) rank.starts[image] = largest;
    ck_cuda_finding &finding = rank.findings[image];
#pragma unroll
    for (int place = 0; place < CK_FINDING_CLASSES; place++) {
        finding.top[place] = place < best.count ? best.top[place] : -1;
        finding.scores[place] = place < best.count ? best.scores[place] : 0.0f;
    }
    finding.start_score = outputs[rank.starts[image]];
    finding.first_column = finding.last_column = finding.first_row = finding.last_row = -1;
    finding.entries = 0;
}
