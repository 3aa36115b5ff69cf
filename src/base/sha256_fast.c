/* SPDX-License-Identifier: MIT
 *
 * A log of 100 MB is hashed beside being read and packed; without these instructions that alone takes half a second.
 */
#include "base/sha256_blocks.h"

#if defined __x86_64__ && defined __GNUC__

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

/* Asked once: on a virtual machine the question costs more than a block. */
static bool has_instructions(void)
{
    static atomic_int known; /* 0: not asked, 1: no, 2: yes */
    unsigned a, b = 0, c = 0, d;
    int answer = atomic_load(&known);
    if (!answer) {
        bool vectors = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && (c & bit_SSSE3);
        answer = vectors && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) ? 2 : 1;
        atomic_store(&known, answer);
    }
    return answer == 2;
}

/* The instructions want the state as (a, b, e, f) and (c, d, g, h), from the highest lane down. */
__attribute__((target("sha,sse4.1,ssse3"))) static void add_blocks(uint32_t state[8], const unsigned char *p,
                                                                   size_t count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_loadu_si128((const __m128i *)state), hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
    for (; count; count--, p += SHA256_BLOCK) {
        const __m128i abef_before = abef, cdgh_before = cdgh, *words = (const __m128i *)(const void *)p;
        __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128(words), big_endian);
        __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128(words + 1), big_endian);
        __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128(words + 2), big_endian);
        __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128(words + 3), big_endian);
        for (int i = 0; i < 64; i += 4) {
            __m128i sum = _mm_add_epi32(w0, _mm_loadu_si128((const __m128i *)(sha256_constants + i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
            __m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
            next = _mm_sha256msg2_epu32(next, w3);
            w0 = w1, w1 = w2, w2 = w3, w3 = next;
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

bool sha256_blocks_fast(uint32_t state[8], const unsigned char *p, size_t count)
{
    if (!has_instructions()) return false;
    add_blocks(state, p, count);
    return true;
}

#else

bool sha256_blocks_fast(uint32_t state[8], const unsigned char *p, size_t count)
{
    (void)state, (void)p, (void)count;
    return false;
}

#endif
