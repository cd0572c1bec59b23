// An addition's unit: its inputs are products with weight 1, of which stage 1 leaves some, and its gating goes to these
// or to one of them (selective-tuning.md, section 7). A thread a unit.
#ifndef TD_ADD_CUH
#define TD_ADD_CUH

#include "td_activities.cuh"
#include "td_propagate.cuh"

/// One unit and what its inputs added to it, in fixed point. The inputs are few, and read again from the cache whenever
/// one is asked for, since an array of them would be one in the device's memory.
struct TdAddUnit {
    int image, y, x, channel;
    int64_t first;  // what the first input added

    __device__ __forceinline__ TdAddUnit(const ck_cuda_td_add &add, int image_, int unit) : image(image_), first(0) {
        const int pixel = unit / add.output_gating.channels;
        channel = unit - pixel * add.output_gating.channels;
        y = pixel / add.output_gating.width;
        x = pixel - y * add.output_gating.width;
    }

    __device__ __forceinline__ float activity(const ck_cuda_view &view) const {
        return __ldg(view.data + image * view.image_stride + y * view.row_stride + x * view.pixel_stride + channel);
    }

    __device__ __forceinline__ int64_t product(const ck_cuda_td_add &add, int i) const {
        return i == 0 ? first : td_fixed(activity(add.input[i]));
    }
};

/// Who gets a unit's gating: products that reach the threshold, or one input alone.
struct TdAddChoice {
    int status;         // a ck_td_status; where it is CK_TD_OK:
    int dropped;        // nobody
    int tied;           // the one input is the first of equals
    int alone;          // its number, or -1
    int64_t threshold;  // of winners, above 0
    double sum;         // of the winners

    __device__ __forceinline__ bool pays(int i, int64_t product) const {
        if (status != CK_TD_OK || dropped) return false;
        return alone >= 0 ? i == alone : product >= threshold;
    }

    /// What it gets: all of the gating itself, or a share. Returns whether that is in range.
    __device__ __forceinline__ bool share(int64_t gating, int64_t product, int64_t &addend) const {
        addend = gating;
        return alone >= 0 || td_share(__ll2double_rn(gating), product, sum, addend);
    }
};

/// The total of a unit's products, and its first one. The range is that of the sum of their magnitudes.
__device__ __forceinline__ int td_add_total(const ck_cuda_td_add &add, TdAddUnit &unit, int64_t &total) {
    const bool derived = add.input[0].data == nullptr;
    TdActivities others = {0, 0, 0, 0};
#pragma unroll 1
    for (int i = 1; i < add.inputs; i++) others.take(unit.activity(add.input[i]));
    TdActivities given = {0, 0, 0, 0};
    given.take(unit.activity(derived ? add.sum : add.input[0]));
    // Where the sum is given, its difference to the others is the first one's.
    unit.first = (int64_t)((uint64_t)given.sum - (derived ? (uint64_t)others.sum : 0));
    total = (int64_t)((uint64_t)given.sum + (derived ? 0 : (uint64_t)others.sum));
    TdActivities all = others;
    all.add(given);
    if (derived) {
        // Beyond 63 bits it is known before the subtraction wraps around.
        const uint64_t a = (uint64_t)given.sum, b = (uint64_t)others.sum;
        const uint64_t difference = given.sum >= others.sum ? a - b : b - a;
        all.absolute = td_saturated(others.absolute, difference < TD_LIMIT ? difference : TD_LIMIT);
    }
    return all.status();
}

/// Theta: the smallest positive product for which the sum of all greater ones is < total.
__device__ __forceinline__ int64_t td_add_theta(const ck_cuda_td_add &add, const TdAddUnit &unit, int64_t total) {
    int64_t theta = TD_MOST;
#pragma unroll 1
    for (int i = 0; i < add.inputs; i++) {
        const int64_t product = unit.product(add, i);
        if (product <= 0 || product >= theta) continue;
        int64_t greater = 0;
#pragma unroll 1
        for (int j = 0; j < add.inputs; j++) {
            const int64_t other = unit.product(add, j);
            greater += other > product ? other : 0;
        }
        if (greater < total) theta = product;
    }
    return theta;
}

/// Stage 1, and which of the winners pay. Reads the unit's inputs, and leaves what the first one added in it.
__device__ __forceinline__ TdAddChoice td_add_choose(const ck_cuda_td_add &add, TdAddUnit &unit) {
    TdAddChoice choice = {CK_TD_OK, 0, 0, -1, 0, 0.0};
    int64_t total = 0;
    choice.status = td_add_total(add, unit, total);
    if (choice.status != CK_TD_OK) return choice;
    choice.dropped = total <= add.rule.lower_bound || total <= 0;
    if (choice.dropped) return choice;
    choice.threshold = td_add_theta(add, unit, total) - (add.rule.strict ? 0 : add.rule.epsilon);
    if (choice.threshold < 1) choice.threshold = 1;
    int64_t sum = 0, largest = 0;
#pragma unroll 1
    for (int i = 0; i < add.inputs; i++) {
        const int64_t product = unit.product(add, i);
        if (product < choice.threshold) continue;
        sum += product;
        if (add.residual == CK_TD_BRANCH && i == 0) choice.alone = 0;
        if (add.residual == CK_TD_WINNER) {
            choice.tied = product == largest || (product < largest && choice.tied);
            if (product > largest) choice.alone = i;
        }
        largest = product > largest ? product : largest;
    }
    choice.sum = __ll2double_rn(sum);
    return choice;
}

#endif
