// The ReLU of every kernel, with a ceiling: 0 stands for no ReLU, infinity for a plain one, 6 for ReLU6.
#ifndef CK_RELU_H
#define CK_RELU_H

/// min(max(value, 0), ceiling), or `value` where there is no ReLU. Never -0; what is not a number becomes 0.
static inline float ck_relu(float value, float ceiling) {
    if (ceiling == 0.0f) return value;
    const float positive = value > 0.0f ? value : 0.0f;
    return positive < ceiling ? positive : ceiling;
}

#endif
