// ck_relu over a vector; included where the attribute that names the instruction set is in force.
static inline __attribute__((always_inline)) __m256 ck_relu_256(__m256 value, float ceiling) {
    if (ceiling == 0.0f) return value;
    // max returns its second operand when both are zeros, and when the first is not a number: never -0, nor NaN.
    return _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), _mm256_set1_ps(ceiling));
}
