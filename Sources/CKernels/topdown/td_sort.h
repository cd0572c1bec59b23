// Batcher's sorting network over an array of vectors, ascending in each lane. For a file that has defined td_vector and
// order(td_vector *v, int a, int b), which puts the lesser lanes of v[a] and v[b] into v[a]; inlined, or the vectors
// would not stay in registers.
#ifndef CK_TD_SORT_H
#define CK_TD_SORT_H

#define TD_INLINE static inline __attribute__((always_inline))

// Of entries first, first + step, ..., whose halves are sorted.
#define TD_MERGE(size, half)                                                                      \
    TD_INLINE void merge_##size(td_vector *v, int first, int step) {                              \
        merge_##half(v, first, 2 * step);                                                         \
        merge_##half(v, first + step, 2 * step);                                                  \
        for (int i = 1; i + 1 < size; i += 2) order(v, first + i * step, first + (i + 1) * step); \
    }
#define TD_SORT(size, half)                               \
    TD_INLINE void sort_##size(td_vector *v, int first) { \
        sort_##half(v, first);                            \
        sort_##half(v, first + half);                     \
        merge_##size(v, first, 1);                        \
    }

TD_INLINE void merge_2(td_vector *v, int first, int step) { order(v, first, first + step); }
TD_MERGE(4, 2)
TD_MERGE(8, 4)
TD_MERGE(16, 8)
TD_MERGE(32, 16)
TD_INLINE void sort_2(td_vector *v, int first) { merge_2(v, first, 1); }
TD_SORT(4, 2)
TD_SORT(8, 4)
TD_SORT(16, 8)
TD_SORT(32, 16)

#endif
