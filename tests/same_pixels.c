/* SPDX-License-Identifier: MIT
 *
 * `same_pixels A.png B.png`: do two pictures look the same? Compares what is decoded, not the files: another zlib packs
 * the same pixels into other bytes. Another FreeType or cairo shades the edges of glyphs a little differently: up to
 * SHADES of 255 a channel is the same, and one pixel in a thousand may be off by more.
 * Exit status 0 same, 1 different (and says how), 2 unreadable.
 */
#include <png.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHADES = 24, OTHERS_PER_PIXEL = 1000 };

struct picture {
    png_image image;
    unsigned char *rgba;
};

static int load(struct picture *p, const char *path)
{
    p->image = (png_image){ .version = PNG_IMAGE_VERSION };
    if (!png_image_begin_read_from_file(&p->image, path)) return 0;
    p->image.format = PNG_FORMAT_RGBA;
    p->rgba = malloc(PNG_IMAGE_SIZE(p->image));
    return p->rgba && png_image_finish_read(&p->image, NULL, p->rgba, 0, NULL);
}

int main(int argc, char **argv)
{
    struct picture a = { 0 }, b = { 0 };
    if (argc != 3) {
        fputs("usage: same_pixels A.png B.png\n", stderr);
        return 2;
    }
    if (!load(&a, argv[1]) || !load(&b, argv[2])) {
        printf("%s: %s\n%s: %s\n", argv[1], a.image.message, argv[2], b.image.message);
        return 2;
    }
    if (a.image.width != b.image.width || a.image.height != b.image.height) {
        printf("%ux%u and %ux%u\n", a.image.width, a.image.height, b.image.width, b.image.height);
        return 1;
    }
    size_t pixels = (size_t)a.image.width * a.image.height, off = 0, first = 0;
    for (size_t i = 0; i < pixels; i++) {
        int worst = 0;
        for (size_t c = 0; c < 4; c++) {
            int d = abs(a.rgba[4 * i + c] - b.rgba[4 * i + c]);
            if (d > worst) worst = d;
        }
        if (worst <= SHADES) continue;
        if (off++ == 0) first = i;
    }
    int different = off > pixels / OTHERS_PER_PIXEL;
    if (different) {
        printf("%zu of %zu pixels differ, the first at %zu,%zu\n", off, pixels, first % a.image.width,
               first / a.image.width);
    }
    free(a.rgba);
    free(b.rgba);
    return different;
}
