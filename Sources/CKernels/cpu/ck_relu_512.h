// ck_relu over a vector; included where the attribute that names the instruction set is in force.
static inline __attribute__((always_inline)) __m512 ck_relu_512(__m512 value, float ceiling) {
    if (ceiling == 0.0f) return value;
    // max returns its second operand when both are zeros, and when the first is not a number: never -0, nor NaN.
    return _mm512_min_ps(_mm512_max_ps(value, _mm512_setzero_ps()), _mm512_set1_ps(ceiling));
}
