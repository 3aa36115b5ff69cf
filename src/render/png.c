/* SPDX-License-Identifier: MIT
 *
 * A scene as a PNG with a palette, which the theme fixes, so that one pass over the picture is enough. No filter: rows
 * of a chart repeat as they are, and filtered ones do not.
 *
 * libpng writes the chunks; the rows of all but huge pictures are compressed at once by libdeflate. Milliseconds of
 * user time of the whole program, and bytes, for charts of 20, 200 and 1,000 rows (871 px wide, light; dark is 1 %
 * larger), zlib's levels 3 and 6 beside libdeflate's 6 and 7:
 *
 *     rows  scale  bits    zlib 3          zlib 6          libdeflate 6    libdeflate 7
 *       20    1      8    4    22,434     6    18,149     5    18,649     5    18,129
 *       20    2      4    4    35,285    12    27,432     9    28,349    11    27,456
 *      200    1      4   19   107,886    33    81,392    18    87,698    25    79,016
 *      200    2      4   43   333,715    99   260,354    65   295,123    67   260,630
 *    1,000    1      4  100   511,866   180   405,360   100   453,618   120   400,781
 *    1,000    2      4  180 1,031,059   380   817,812   209   910,705   246   817,158
 *
 * libdeflate's 8 saves 4 % more in thrice the time. With 8 bits the 1,000 rows take 1,043,591 bytes (zlib 1).
 */
#include "base/utf8.h"
#include "layout/metrics.h"
#include "render/bands.h"
#include "render/indexed.h"

#include <libdeflate.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    AT_ONCE_MAX = 64 << 20, /* bytes of rows that are held to be compressed; larger pictures go row by row */
    SMALL_MAX = 8 << 20,    /* bytes of rows */
    SMALL_LEVEL = 7,
    LARGE_LEVEL = 6,
    ROW_LEVEL = 3,   /* zlib's */
    TEXT_MAX = 16,   /* chunks with provenance */
    TEXT_SIZE = 2000 /* bytes of one */
};

struct picture {
    struct bands bands;
    struct indexed indexed;
    size_t row_size;    /* of palette entries */
    unsigned char *row; /* palette entries */
    struct buf whole;   /* all rows with the filter byte in front of each, when they are compressed at once */
    const struct picture_text *text;
    struct arena arena; /* texts for libpng */
    struct buf *out;
    png_structp png;
    png_infop info;
    struct libdeflate_compressor *packer;
    void *packed;
    char message[200]; /* what libpng or cairo said */
};

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return false;
    return true;
}

/* Provenance: tEXt for ASCII, iTXt for the rest. */
static void put_texts(struct picture *p)
{
    png_text chunks[TEXT_MAX];
    int count = 0;
    for (const struct picture_text *text = p->text; text && text->key && count < TEXT_MAX; text++) {
        struct str value = str_first(text->value, utf8_floor(text->value, TEXT_SIZE));
        const char *cut = value.len < text->value.len ? "…" : "";
        if (!value.len) continue;
        value = metrics_clean(value, &p->arena);
        /* with the NUL that libpng needs */
        value = arena_format(&p->arena, "%.*s%s", STR_ARG(value), cut);
        bool ascii = is_ascii(value);
        chunks[count++] = (png_text){
            .compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
            .key = (char *)(uintptr_t)text->key,
            .text = (char *)(uintptr_t)value.ptr,
            .text_length = ascii ? value.len : 0,
            .itxt_length = ascii ? 0 : value.len,
        };
    }
    if (count) png_set_text(p->png, p->info, chunks, count);
}

static void put_header(struct picture *p)
{
    png_color colours[256];
    for (size_t i = 0; i < p->indexed.count; i++) {
        colours[i].red = (png_byte)(p->indexed.palette[i] >> 16 & 255);
        colours[i].green = (png_byte)(p->indexed.palette[i] >> 8 & 255);
        colours[i].blue = (png_byte)(p->indexed.palette[i] & 255);
    }
    png_set_IHDR(p->png, p->info, (png_uint_32)p->bands.width, (png_uint_32)p->bands.height, p->indexed.bits,
                 PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(p->png, p->info, colours, (int)p->indexed.count);
    /* 96 px an inch at scale 1, so that a picture at scale 2 shows in the same size */
    png_uint_32 density = (png_uint_32)(96 * p->bands.scale / 0.0254 + 0.5);
    png_set_pHYs(p->png, p->info, density, density, PNG_RESOLUTION_METER);
    png_set_check_for_invalid_index(p->png, 0); /* there are none */
    png_set_filter(p->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(p->png, ROW_LEVEL);
    put_texts(p);
    png_write_info(p->png, p->info);
}

static bool at_once(const struct picture *p) { return (p->row_size + 1) * (size_t)p->bands.height <= AT_ONCE_MAX; }

static void put_row(struct picture *p)
{
    if (!at_once(p)) {
        png_write_row(p->png, p->row);
        return;
    }
    buf_putc(&p->whole, PNG_FILTER_VALUE_NONE);
    buf_put(&p->whole, str_of((const char *)p->row, p->row_size));
}

static void put_whole(struct picture *p)
{
    static const png_byte data[] = "IDAT", end[] = "IEND";
    p->packer = libdeflate_alloc_compressor(p->whole.len <= SMALL_MAX ? SMALL_LEVEL : LARGE_LEVEL);
    size_t room = p->packer ? libdeflate_zlib_compress_bound(p->packer, p->whole.len) : 0;
    p->packed = malloc(room + 1);
    if (!room || !p->packed) png_error(p->png, "there is no memory to compress it");
    size_t size = libdeflate_zlib_compress(p->packer, p->whole.ptr, p->whole.len, p->packed, room);
    png_write_chunk(p->png, data, p->packed, size);
    png_write_chunk(p->png, end, NULL, 0);
}

/* Rows between the texts are often as the one above. */
static bool is_as_above(const struct picture *p, const unsigned char *pixels, int y)
{
    return y > 0 && memcmp(pixels, pixels - bands_stride(&p->bands), (size_t)p->bands.width * 4) == 0;
}

/* Only this function has a setjmp: libpng's errors come back here. It owns nothing. */
static bool put_image(struct picture *p)
{
    if (setjmp(png_jmpbuf(p->png))) return false;
    put_header(p);
    for (int top = 0; top < p->bands.height; top += p->bands.rows) {
        int rows = p->bands.height - top < p->bands.rows ? p->bands.height - top : p->bands.rows;
        const char *message;
        const unsigned char *pixels = bands_draw(&p->bands, top, &message);
        if (!pixels) {
            snprintf(p->message, sizeof p->message, "cairo: %s", message);
            return false;
        }
        for (int y = 0; y < rows; y++, pixels += bands_stride(&p->bands)) {
            if (!is_as_above(p, pixels, y))
                indexed_row(&p->indexed, (const uint32_t *)(const void *)pixels, p->bands.width, p->row);
            put_row(p);
        }
    }
    if (at_once(p)) put_whole(p);
    else png_write_end(p->png, NULL);
    return true;
}

static void on_error(png_structp png, png_const_charp text)
{
    struct picture *p = png_get_error_ptr(png);
    snprintf(p->message, sizeof p->message, "libpng: %s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void on_write(png_structp png, png_bytep bytes, size_t size)
{
    struct picture *p = png_get_io_ptr(png);
    buf_put(p->out, str_of((const char *)bytes, size));
}

static void on_flush(png_structp png) { (void)png; }

/* Everything that has to be released again, whatever fails. */
static bool open_picture(struct picture *p, struct err *e)
{
    if (!bands_open(&p->bands, e)) return false;
    double pixels = (double)p->bands.width * p->bands.height;
    indexed_begin(&p->indexed, p->bands.theme, p->bands.scene, pixels);
    p->row_size = indexed_row_size(&p->indexed, p->bands.width);
    p->row = arena_alloc(&p->arena, p->row_size, 1);
    if (at_once(p)) buf_room(&p->whole, (p->row_size + 1) * (size_t)p->bands.height);
    p->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, p, on_error, on_warning);
    if (p->png) p->info = png_create_info_struct(p->png);
    if (!p->info) return err_set(e, ERR_OUTPUT, NULL, "the PNG could not be written: libpng: %s", p->message);
    png_set_write_fn(p->png, p, on_write, on_flush);
    return true;
}

static void close_picture(struct picture *p)
{
    if (p->png) png_destroy_write_struct(&p->png, &p->info);
    if (p->packer) libdeflate_free_compressor(p->packer);
    free(p->packed);
    buf_free(&p->whole);
    bands_close(&p->bands);
    arena_free(&p->arena);
}

bool png_write(const struct scene *s, enum picture_theme theme, double scale, const struct picture_text *text,
               struct buf *out, struct err *e)
{
    double width = ceil(s->width * scale), height = ceil(s->height * scale);
    if (!(width >= 1 && height >= 1)) return err_set(e, ERR_OUTPUT, NULL, "a PNG of no size was asked for");
    if (!(width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX))
        return err_set(e, ERR_OUTPUT, NULL,
                       "the PNG would be %.0f x %.0f pixels, over %d a side: ask for fewer rows or a smaller scale",
                       width, height, PICTURE_SIDE_MAX);
    struct picture p = {
        .bands = { .scene = s, .theme = theme, .scale = scale, .width = (int)width, .height = (int)height },
        .text = text,
        .out = out,
        .whole = BUF_INIT,
    };
    bool ok = open_picture(&p, e);
    if (ok && !put_image(&p)) ok = err_set(e, ERR_OUTPUT, NULL, "the PNG could not be written: %s", p.message);
    close_picture(&p);
    return ok;
}
