/* SPDX-License-Identifier: MIT
 *
 * A program of the build, not of the binary: writes the advance widths of the embedded fonts as C, so that layout
 * measures text without opening a font. `widths_gen REGULAR BOLD FALLBACK...` prints one table a font:
 *
 *     static const struct advance_run font_0_runs[] = { {0x4e00, 0x9fff, 2048}, ... };
 *
 * A run is a range of code points with one advance, in 1/2048 em, sorted by code point.
 */
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H

#include <stdio.h>

enum { EM = 2048 };

static void put_run(FT_ULong first, FT_ULong last, long advance, unsigned *runs)
{
    if (advance < 0) return;
    printf("{0x%lx,0x%lx,%ld},%s", first, last, advance, ++*runs % 8 ? " " : "\n");
}

/* False with a message when the font cannot be read. */
static int put_font(FT_Library library, const char *path, int number)
{
    FT_Face face;
    if (FT_New_Face(library, path, 0, &face) || !face->units_per_EM || EM % face->units_per_EM) {
        fprintf(stderr, "%s: no font of up to %d units an em\n", path, EM);
        return 0;
    }
    int ok = 1;
    unsigned runs = 0;
    FT_ULong first = 0, last = 0;
    long run_advance = -1;
    FT_UInt glyph;
    printf("/* %s %s */\n", face->family_name, face->style_name);
    printf("static const struct advance_run font_%d_runs[] = {\n", number);
    for (FT_ULong code = FT_Get_First_Char(face, &glyph); glyph; code = FT_Get_Next_Char(face, code, &glyph)) {
        FT_Fixed units;
        if (FT_Get_Advance(face, glyph, FT_LOAD_NO_SCALE, &units)) ok = 0;
        long advance = (long)units * (EM / face->units_per_EM);
        if (advance == run_advance && code == last + 1) {
            last = code;
            continue;
        }
        put_run(first, last, run_advance, &runs);
        first = last = code;
        run_advance = advance;
    }
    put_run(first, last, run_advance, &runs);
    printf("\n};\n");
    FT_Done_Face(face);
    if (!ok || !runs) fprintf(stderr, "%s: a glyph has no advance\n", path);
    return ok && runs;
}

int main(int argc, char **argv)
{
    FT_Library library;
    if (argc < 2 || FT_Init_FreeType(&library)) return 1;
    int ok = 1;
    for (int i = 1; i < argc && ok; i++) ok = put_font(library, argv[i], i - 1);
    FT_Done_FreeType(library);
    if (fflush(stdout) || ferror(stdout)) ok = 0;
    return ok ? 0 : 1;
}
