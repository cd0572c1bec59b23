#include "ck_depthwise.h"

#include "ck_depthwise_isa.h"

int32_t ck_depthwise_tasks(const ck_depthwise *call) {
    return call->batch * ck_bands_of(call->batch, call->height, call->width, call->channels);
}

static ck_depthwise_rows rows_for(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return ck_depthwise_avx512;
    if (isa == CK_ISA_AVX2) return ck_depthwise_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return ck_depthwise_neon;
#endif
    (void)isa;
    return ck_depthwise_portable;
}

void ck_depthwise_run(ck_isa isa, const ck_depthwise *call, int32_t task) {
    const ck_band band = ck_band_at(task, call->batch, call->height, call->width, call->channels);
    rows_for(isa)(call, band);
}
