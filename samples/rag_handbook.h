/* SPDX-License-Identifier: MIT
 *
 * What rag_pipeline.c works on and computes, without a word about tracking: a handbook, its paragraphs as points in a
 * space of words, and how near those are to a question.
 */
#ifndef RAG_HANDBOOK_H
#define RAG_HANDBOOK_H

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { DIMENSIONS = 256, CHUNKS_MAX = 32, QUERIES = 3 };

static const struct document {
    const char *name, *text; /* paragraphs with an empty line between them */
} handbook[] = {
    { "lending.md", "A bicycle is yours for three days. Bring it back before closing time on the third, or call us and "
                    "keep it until tomorrow.\n\n"
                    "Each late day costs two euros. A late day after a breakdown costs nothing, if you call before "
                    "closing time.\n\n"
                    "You need a membership card, and shoes that are not sandals." },
    { "repairs.md", "A flat tyre is nobody's fault. There is a patch kit under the saddle of each bicycle; the rear "
                    "wheel comes off with the small key.\n\n"
                    "When the tyre goes flat again, lock the bicycle and tell us the place: we fetch it.\n\n"
                    "Do not oil the brakes. It has been tried." },
    { "opening.md", "The library opens at ten and closes at six, on Thursdays at eight.\n\n"
                    "After closing time leave the bicycle in the yard; the code is on your slip.\n\n"
                    "In a storm the yard stays shut." },
    { "deposits.md", "The deposit is twenty euros, paid once, given back when you leave us.\n\n"
                     "A lost light costs nine euros, a lost lock thirty.\n\n"
                     "Scratches are free as long as they come with a good story." },
    { "routes.md", "The canal path is flat, paved and eleven kilometres long; turn round at the heron.\n\n"
                   "The hill road has the better view and the worse surface.\n\n"
                   "The ferry takes bicycles on weekdays, and dogs at any time." },
};
enum { DOCUMENTS = sizeof handbook / sizeof *handbook };

static struct chunk {
    const struct document *document;
    const char *text;
    size_t length;
    float vector[DIMENSIONS];
    double score[QUERIES];
    bool picked;
} chunks[CHUNKS_MAX];
static size_t chunk_count;

/* What is searched for: the question, and how a model has put it into other words. */
static const char *queries[QUERIES] = { "My rear tyre went flat and the library closes at six. Can I bring the bicycle "
                                        "back tomorrow, and what does the late day cost?" };
static float query_vectors[QUERIES][DIMENSIONS];

/* A document's paragraphs as chunks; returns how many. */
static size_t split(const struct document *document)
{
    size_t before = chunk_count;
    for (const char *at = document->text; *at && chunk_count < CHUNKS_MAX; at += strspn(at, "\n")) {
        const char *end = strstr(at, "\n\n");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        chunks[chunk_count++] = (struct chunk){ .document = document, .text = at, .length = length };
        at += length;
    }
    return chunk_count - before;
}

/* A text as a point on the unit sphere: each word of four letters or more counts in the dimension that its hash, of
 * its letters without the s of a plural, names. */
static void embed(const char *text, size_t length, float ret_vector[DIMENSIONS])
{
    float squares = 0;
    memset(ret_vector, 0, DIMENSIONS * sizeof *ret_vector);
    for (size_t at = 0, end; at < length; at = end + 1) {
        unsigned int hash = 2166136261U;
        for (end = at; end < length && isalpha((unsigned char)text[end]);) end++;
        size_t letters = end > at && text[end - 1] == 's' ? end - at - 1 : end - at;
        for (size_t i = at; i < at + letters; i++) hash = (hash ^ (unsigned int)tolower(text[i])) * 16777619U;
        if (letters >= 4) ret_vector[hash % DIMENSIONS] += 1;
    }
    for (int i = 0; i < DIMENSIONS; i++) squares += ret_vector[i] * ret_vector[i];
    for (int i = 0; i < DIMENSIONS && squares > 0; i++) ret_vector[i] /= sqrtf(squares);
}

/* The cosine of the angle between two such points: 1 for the same words, 0 when there is no word in common. */
static double likeness(const float a[DIMENSIONS], const float b[DIMENSIONS])
{
    double sum = 0;
    for (int i = 0; i < DIMENSIONS; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Picks the chunk that is most like any of the queries and, so that none is said twice, least like those picked. */
static struct chunk *pick(struct chunk *const picked[], size_t count)
{
    struct chunk *best = chunks;
    double best_score = -1;
    for (struct chunk *c = chunks; c < chunks + chunk_count; c++) {
        double score = fmax(fmax(c->score[0], c->score[1]), c->score[2]);
        for (size_t i = 0; i < count; i++) score -= 0.2 * likeness(c->vector, picked[i]->vector);
        if (c->picked || score <= best_score) continue;
        best = c;
        best_score = score;
    }
    best->picked = true;
    return best;
}

#endif
