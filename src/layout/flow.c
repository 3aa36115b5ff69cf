/* SPDX-License-Identifier: MIT */
#include "layout/sheet.h"
void flow_draw(struct sheet *sheet) { sheet_put_nothing(sheet, S("No steps to show.")); }
