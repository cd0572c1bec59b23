// Kernels that test the emulation: some are right, some have the faults that it should find. For kernels.inc alone.

/// Reverses a block's floats through shared memory.
CK_KERNEL check_reversal(const emulation_check check) {
    CK_SHARED(values, float[64]);
    values[threadIdx.x] = check.floats[threadIdx.x];
    __syncthreads();
    check.floats[threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
}

/// The same in as much memory as the launch gives.
CK_KERNEL check_dynamic_reversal(const emulation_check check) {
    CK_DYNAMIC_SHARED(memory);
    float *values = reinterpret_cast<float *>(memory);
    values[threadIdx.x] = check.floats[threadIdx.x];
    __syncthreads();
    check.floats[threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
}

/// check_reversal without the barrier.
CK_KERNEL check_missing_barrier(const emulation_check check) {
    CK_SHARED(values, float[64]);
    values[threadIdx.x] = check.floats[threadIdx.x];
    check.floats[threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
}

CK_KERNEL check_divergent_barrier(const emulation_check check) {
    if (threadIdx.x == 3) return;
    __syncthreads();
    check.counts[threadIdx.x] = 1;
}

/// counts[0...5]: lanes that are odd; sums of lane numbers by exchange, downwards and within 8 lanes; lane 5's number;
/// how many lanes saw what is true for lane 7 alone; the highest lane from below.
CK_KERNEL check_warp(const emulation_check check) {
    const unsigned all = ~0u;
    const int lane = (int)threadIdx.x;
    const unsigned odd = __ballot_sync(all, lane & 1);
    int exchanged = lane, downwards = lane, eight = lane;
    for (int by = 16; by > 0; by /= 2) exchanged += __shfl_xor_sync(all, exchanged, by);
    for (int by = 16; by > 0; by /= 2) downwards += __shfl_down_sync(all, downwards, (unsigned)by);
    for (int by = 4; by > 0; by /= 2) eight += __shfl_xor_sync(all, eight, by, 8);
    const int five = __shfl_sync(all, lane, 5), before = __shfl_up_sync(all, lane, 1);
    if (__any_sync(all, lane == 7) && !__all_sync(all, lane == 7)) atomicAdd(&check.counts[4], 1u);
    if (lane < 16) __syncwarp(0xFFFFu);
    if (lane == 31) {
        check.counts[0] = odd;
        check.counts[1] = (uint32_t)exchanged;
        check.counts[3] = (uint32_t)five;
        check.counts[5] = (uint32_t)before;
    }
    if (lane == 0) {
        check.counts[2] = (uint32_t)downwards;
        check.counts[6] = (uint32_t)eight;
    }
}

CK_KERNEL check_absent_lane(const emulation_check check) {
    if (threadIdx.x == 3) return;
    check.counts[threadIdx.x] = __ballot_sync(~0u, 1);
}

CK_KERNEL check_atomics(const emulation_check check) {
    const uint32_t number = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAdd(&check.counts[0], number);
    atomicMax(&check.counts[1], number);
    atomicMin(&check.counts[2], number);
    atomicOr(&check.counts[3], 1u << number % 32);
    atomicAnd(&check.counts[4], ~(1u << number % 32));
    atomicCAS(&check.counts[5], number, number + 1);
    atomicExch(&check.counts[6], 7u);
}

CK_KERNEL check_uninitialised(const emulation_check check) {
    CK_SHARED(values, float[64]);
    check.floats[threadIdx.x] = values[threadIdx.x];
}

CK_KERNEL check_underrun(const emulation_check check) {
    CK_SHARED(values, float[64]);
    float *pointer = values;  // an index beyond the array itself would end the tests
    volatile int before = -1;
    pointer[before] = check.floats[0];
}
