/* SPDX-License-Identifier: MIT
 *
 * Secrets that are known by the name they stand under: DB_PASSWORD=…, --api-key …, "token": "…", Authorization: …; and
 * where such a value ends. For redact.c.
 */
#ifndef MODEL_REDACT_NAME_H
#define MODEL_REDACT_NAME_H

#include "model/redact_shape.h"

enum {
    NAME_MAX_LENGTH = 64, /* longer words are no names; it also bounds the work on a text that is all name */
    VALUE_PROBE = 256,    /* bytes after which a value is a secret, whatever comes */
    RANDOM_LEAST = 16     /* bytes of a value that nothing else than its looks makes a secret */
};

/* A secret whose name begins at this byte of the text. */
bool redact_named(struct str text, size_t at, struct secret *ret);
/* `bearer TOKEN`, without the header's name. */
bool redact_bearer(struct str text, size_t at, struct secret *ret);

/* Can the value be a secret at all? */
bool redact_is_secret(struct str value);
/* The more telling of two kinds: what the whole value looks like, else what its name says. */
const char *redact_kind(struct str value, const char *kind);

/* Where a value stands: in a shell or a URL, in a JSON text, in a header. It tells what ends one without quotes. */
enum place { AT_SHELL, AT_JSON, AT_HEADER };
/* Where a value that begins at *at ends; *at is moved behind its opening quote. `\"` as in a JSON text within a JSON
 * string or within a shell's double quotes counts as a quote. */
size_t redact_value_end(struct str text, size_t *at, enum place place);

static inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static inline struct str slice(struct str text, size_t from, size_t to) { return str_of(text.ptr + from, to - from); }

#endif
