// CKernels alone, without Swift, under the sanitizers that its C was compiled with: readers on the files that are named and
// on changed ones, kernels on odd shapes. `run` builds and starts this.
#include "inputs.h"

int main(int count, char **words) {
    EXPECT(count >= 3, "usage: %s ROUNDS FILE...", words[0]);
    const int32_t rounds = atoi(words[1]);
    check_files(count - 2, words + 2, rounds);
    check_kernels(rounds);
    check_top_down(rounds);
    check_backward(rounds);
    printf("sanitizers: %d files, %d rounds, instruction sets up to %s: clean\n", count - 2, rounds,
           ck_isa_name(ck_isa_best()));
    return 0;
}
