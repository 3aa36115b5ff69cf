/* SPDX-License-Identifier: MIT
 *
 * The bytes come in by the assembler's .incbin: arrays of 4 MB in C would take a compiler many seconds. The path is
 * relative to where make runs.
 */
#include "render/font.h"

#ifdef __APPLE__
#define FONT_SECTION ".section __TEXT,__const\n"
#define FONT_RETURN  ".text\n"
#define FONT_SYMBOL  "_"
#else
#define FONT_SECTION ".pushsection .rodata\n"
#define FONT_RETURN  ".popsection\n"
#define FONT_SYMBOL  ""
#endif

#define EMBED(name, file)                                                                                              \
    extern const unsigned char name##_begin[], name##_end[];                                                           \
    __asm__(FONT_SECTION ".globl " FONT_SYMBOL #name "_begin\n"                                                        \
                         ".globl " FONT_SYMBOL #name "_end\n"                                                          \
                         ".balign 16\n" FONT_SYMBOL #name "_begin:\n"                                                  \
                         ".incbin \"templates/fonts/" file "\"\n" FONT_SYMBOL #name "_end:\n"                          \
                         ".byte 0\n" FONT_RETURN)

EMBED(font_regular, "OpenSans-Regular.ttf");
EMBED(font_bold, "OpenSans-Semibold.ttf");
EMBED(font_cjk, "DroidSansFallbackFull.ttf");
EMBED(font_symbols, "DejaVuSans.ttf");

bool fonts_open(struct fonts *fonts, struct err *e)
{
    static const unsigned char *const bytes[FONT_COUNT][2] = {
        { font_regular_begin, font_regular_end },
        { font_bold_begin, font_bold_end },
        { font_cjk_begin, font_cjk_end },
        { font_symbols_begin, font_symbols_end },
    };
    *fonts = (struct fonts){ 0 };
    bool ok = FT_Init_FreeType(&fonts->library) == 0;
    for (int i = 0; i < FONT_COUNT && ok; i++)
        ok = !FT_New_Memory_Face(fonts->library, bytes[i][0], bytes[i][1] - bytes[i][0], 0, &fonts->faces[i]);
    if (ok) return true;
    fonts_close(fonts);
    return err_set(e, ERR_OUTPUT, NULL, "the embedded fonts cannot be opened: FreeType of this machine lacks TrueType");
}

void fonts_close(struct fonts *fonts)
{
    if (fonts->library) FT_Done_FreeType(fonts->library); /* also its faces */
    *fonts = (struct fonts){ 0 };
}

FT_UInt fonts_glyph(const struct fonts *fonts, uint32_t code, enum scene_weight weight, enum font_face *ret_face)
{
    *ret_face = weight == WEIGHT_BOLD ? FONT_BOLD : FONT_REGULAR;
    FT_UInt glyph = FT_Get_Char_Index(fonts->faces[*ret_face], code);
    for (int face = FONT_CJK; face < FONT_COUNT && !glyph; face++) {
        *ret_face = (enum font_face)face;
        glyph = FT_Get_Char_Index(fonts->faces[face], code);
    }
    return glyph;
}
