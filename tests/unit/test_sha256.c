/* SPDX-License-Identifier: MIT
 *
 * SHA-256 against the vectors of FIPS 180-4 and of NIST's SHAVS, and the padding at every length around a block.
 */
#include "base/arena.h"
#include "base/sha256.h"
#include "base/sha256_blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_hex(struct str data, const char *expected)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(data, hex);
    assert_string_equal(hex, expected);
}

static void published_vectors(void **state)
{
    (void)state;
    assert_hex(S(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hex(S("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hex(S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hex(S("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopq"
                 "rstnopqrstu"),
               "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    assert_hex(S("\xbd"), "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    assert_hex(S("\xc9\x8c\x8e\x55"), "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504");
}

static void million_letters(void **state)
{
    (void)state;
    struct sha256 h;
    unsigned char digest[SHA256_SIZE];
    sha256_begin(&h);
    for (int i = 0; i < 100000; i++) sha256_add(&h, S("aaaaaaaaaa"));
    sha256_end(&h, digest);
    static const unsigned char expected[SHA256_SIZE] = {
        0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92, 0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67,
        0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e, 0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0,
    };
    assert_memory_equal(digest, expected, SHA256_SIZE);
}

/* NIST's "selected long vectors": zero bytes, at the lengths where the padding changes its shape. */
static void padding_lengths(void **state)
{
    (void)state;
    static const char zeros[64];
    static const struct {
        size_t len;
        const char *hex;
    } cases[] = {
        { 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7" },
        { 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb" },
        { 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785" },
        { 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_hex(str_of(zeros, cases[i].len), cases[i].hex);
}

static void pieces_make_the_whole(void **state)
{
    (void)state;
    char text[200];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 7 + 3);
    unsigned char whole[SHA256_SIZE], pieces[SHA256_SIZE];
    for (size_t len = 0; len <= sizeof text; len++) {
        struct sha256 h;
        sha256_begin(&h);
        sha256_add(&h, str_of(text, len));
        sha256_end(&h, whole);
        for (size_t step = 1; step <= 67; step += 11) {
            sha256_begin(&h);
            for (struct str rest = str_of(text, len); rest.len; rest = str_skip(rest, step))
                sha256_add(&h, str_first(rest, step));
            sha256_end(&h, pieces);
            assert_memory_equal(whole, pieces, SHA256_SIZE);
        }
    }
}

/* The other tests take the processor's instructions where there are any. */
static void both_ways_agree(void **state)
{
    (void)state;
    enum { BLOCKS = 40 };
    unsigned char text[1 + BLOCKS * SHA256_BLOCK]; /* from an odd address on */
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof text; i++) text[i] = (unsigned char)((x = x * 1103515245 + 12345) >> 16);
    for (size_t count = 0; count <= BLOCKS; count++) {
        uint32_t plain[8], fast[8];
        for (uint32_t i = 0; i < 8; i++) plain[i] = fast[i] = x *= i + 3;
        if (!sha256_blocks_fast(fast, text + 1, count)) skip();
        sha256_blocks_plain(plain, text + 1, count);
        assert_memory_equal(plain, fast, sizeof plain);
    }
}

/* FIPS 180-4, the block of "abc". */
static void plain_way(void **state)
{
    (void)state;
    unsigned char block[SHA256_BLOCK] = { 'a', 'b', 'c', 0x80, [SHA256_BLOCK - 1] = 24 };
    uint32_t got[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };
    const uint32_t expected[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                   0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad };
    sha256_blocks_plain(got, block, 1);
    assert_memory_equal(got, expected, sizeof got);
}

static void base64_text(void **state)
{
    (void)state;
    char text[SHA256_BASE64_SIZE];
    sha256_base64(S(""), text);
    assert_string_equal(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    sha256_base64(S("abc"), text);
    assert_string_equal(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors), cmocka_unit_test(million_letters),
        cmocka_unit_test(padding_lengths),   cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(base64_text),       cmocka_unit_test(both_ways_agree),
        cmocka_unit_test(plain_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
