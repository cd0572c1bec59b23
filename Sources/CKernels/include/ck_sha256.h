// SHA-256 (FIPS 180-4): the identity of weights, manifests and result files.
#ifndef CK_SHA256_H
#define CK_SHA256_H

#include <stddef.h>
#include <stdint.h>

/// Absorbs `count` blocks of 64 bytes into `state`.
typedef void (*ck_sha256_blocks)(uint32_t state[8], const uint8_t *blocks, size_t count);

typedef struct {
    uint32_t state[8];
    uint64_t length;     // bytes absorbed so far
    uint8_t pending[64]; // the first length % 64 bytes of a block that is not complete yet
    ck_sha256_blocks blocks;
} ck_sha256;

/// 1 when this processor has the SHA instructions (and STNET_ISA does not ask for portable code), decided once.
int ck_sha256_has_instructions(void);

/// Starts a digest. `portable` not 0: in plain C even where the processor has the SHA instructions.
void ck_sha256_init(ck_sha256 *digest, int portable);
void ck_sha256_update(ck_sha256 *digest, const void *bytes, size_t count);
/// Writes the digest; it cannot be continued afterwards.
void ck_sha256_final(ck_sha256 *digest, uint8_t out[32]);

void ck_sha256_blocks_portable(uint32_t state[8], const uint8_t *blocks, size_t count);
#if defined(__x86_64__)
/// Needs SHA, SSSE3 and SSE4.1.
void ck_sha256_blocks_shani(uint32_t state[8], const uint8_t *blocks, size_t count);
#elif defined(__aarch64__)
/// Needs Armv8's SHA-256 instructions.
void ck_sha256_blocks_sha2(uint32_t state[8], const uint8_t *blocks, size_t count);
#endif

/// The 64 round constants.
extern const uint32_t ck_sha256_k[64];

#endif
