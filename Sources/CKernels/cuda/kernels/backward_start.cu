// The one-hot of each picture's class, in memory that is zero.
#include "kernel.cuh"

CK_KERNEL ck_backward_start_classes(const ck_backward_start call) {
    const int image = blockIdx.x * blockDim.x + threadIdx.x;
    if (image < call.batch) call.gradient[image * call.gradient_image + call.classes[image]] = 1.0f;
}
