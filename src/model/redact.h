/* SPDX-License-Identifier: MIT
 *
 * Secrets in texts that others will read: each is replaced by `‹redacted: KIND›`, so that a reader knows that something
 * stood there, and what. A secret is known by its own shape (tokens of well-known services, private keys, passwords in
 * URLs) or by the name it stands under (DB_PASSWORD=…, --api-key …, "token": "…", Authorization: …). There is no
 * guessing by randomness: hashes, UUIDs and ids stay.
 *
 * Redacting twice gives the same text as redacting once.
 */
#ifndef MODEL_REDACT_H
#define MODEL_REDACT_H

#include "base/buf.h"

/* Appends `text` to `out` with its secrets masked. Returns how many there were. */
size_t redact_text(struct str text, struct buf *out);

/* The kind of secret that a variable, option (with its dashes), header or record key of this name holds ("password" for
 * DB_PASSWORD, dbPassword and db-password); NULL when it holds none, as total_tokens or password-file. */
const char *redact_name(struct str name);

/* A value that stands under a name of this kind: masked whole, unless it is plainly none (empty, true, $VARIABLE). */
size_t redact_value(const char *kind, struct str value, struct buf *out);

/* What was seen of a command line before a word; all zero before the first one. */
struct redact_words {
    struct str before; /* the word before */
    unsigned int program;
};

/* The words of a command line, one after the other: the word after --password is a secret. A word must live until the
 * next one was redacted. */
size_t redact_word(struct redact_words *line, struct str word, struct buf *out);

#endif
