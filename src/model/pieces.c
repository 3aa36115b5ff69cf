/* SPDX-License-Identifier: MIT */
#include "model/pieces.h"

enum {
    HEX_LEAST = 7,    /* letters and digits of a hex id: what git shows of a commit */
    MIXED_LEAST = 16, /* of other ids */
    MIXED_DIGITS = 6, /* one in so many, */
    MIXED_TURNS = 4,  /* and from a digit to a letter or back one in so many: renderUtf8ToLatin1 is a name */
    NAME_LEAST = 3,   /* letters in front of a number that make a name */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Letters beyond ASCII belong to words as well. */
static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* 8-4-4-4-12 hex digits at the beginning of the text, and no letter or digit behind them: 36, else 0. */
static size_t uuid_length(struct str text)
{
    enum { LENGTH = 36 };
    if (text.len < LENGTH || (text.len > LENGTH && is_word(text.ptr[LENGTH]))) return 0;
    for (size_t i = 0; i < LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i])) return 0;
    }
    return LENGTH;
}

static bool is_id(struct str word, bool ids)
{
    size_t digits = 0, hex = 0, changes = 0, letters = 0; /* letters: in front of the first digit */
    bool ascii = true;
    for (size_t i = 0; i < word.len; i++) {
        digits += is_digit(word.ptr[i]);
        hex += is_hex(word.ptr[i]);
        changes += i > 0 && is_digit(word.ptr[i]) != is_digit(word.ptr[i - 1]);
        letters += digits == 0;
        ascii &= (unsigned char)word.ptr[i] < 0x80;
    }
    if (ids && hex == word.len && word.len >= HEX_LEAST) return true;
    if (!digits || !ascii) return false;
    if (digits == word.len) return true;
    if (word.len > 2 && word.ptr[0] == '0' && word.ptr[1] == 'x' && hex == word.len - 1) return true;
    if (changes == 1 && letters >= NAME_LEAST) return false;
    bool mixed = word.len >= MIXED_LEAST && digits * MIXED_DIGITS >= word.len && changes * MIXED_TURNS >= word.len;
    return (hex == word.len && word.len >= HEX_LEAST) || mixed;
}

/* The length of the id that begins at `at`, 0 when none does. */
static size_t id_length(struct str name, size_t at, bool ids)
{
    if (at > 0 && is_word(name.ptr[at - 1])) return 0;
    struct str rest = str_skip(name, at);
    size_t end = uuid_length(rest);
    if (end) return end;
    while (end < rest.len && is_word(rest.ptr[end])) end++;
    return end && is_id(str_first(rest, end), ids) ? end : 0;
}

struct str piece_next(struct str name, size_t *at, bool ids, bool *ret_number)
{
    size_t from = *at, to = from + id_length(name, from, ids);
    *ret_number = to > from || (from < name.len && is_digit(name.ptr[from]));
    if (to == from && *ret_number)
        while (to < name.len && is_digit(name.ptr[to])) to++;
    else if (to == from)
        while (to < name.len && !is_digit(name.ptr[to]) && (to == from || !id_length(name, to, ids))) to++;
    *at = to;
    return str_of(name.ptr + from, to - from);
}

bool pieces_have_id(struct str name)
{
    for (size_t at = 0; at < name.len;) {
        bool number, letters = false;
        struct str piece = piece_next(name, &at, false, &number);
        for (size_t i = 0; number && i < piece.len && !letters; i++) letters = !is_digit(piece.ptr[i]);
        if (letters) return true;
    }
    return false;
}
