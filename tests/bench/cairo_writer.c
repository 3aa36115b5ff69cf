/* SPDX-License-Identifier: MIT
 *
 * `cairo_writer IN.png OUT.png`: the pixels of a PNG written by cairo's own writer. Prints the user time of that call
 * alone, in ms.
 */
#include <cairo.h>
#include <stdio.h>
#include <sys/resource.h>

static double user_ms(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_utime.tv_sec * 1e3 + (double)used.ru_utime.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: cairo_writer IN.png OUT.png\n", stderr);
        return 2;
    }
    cairo_surface_t *surface = cairo_image_surface_create_from_png(argv[1]);
    double begin = user_ms();
    cairo_status_t status = cairo_surface_write_to_png(surface, argv[2]);
    printf("%.1f\n", user_ms() - begin);
    cairo_surface_destroy(surface);
    return status != CAIRO_STATUS_SUCCESS;
}
