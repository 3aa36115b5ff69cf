/* SPDX-License-Identifier: MIT
 *
 * HOST PLUGIN LOG: loads a plugin, has it track, closes it while its thread waits, and lives on.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
    const struct timespec a_while = { 0, 200000000 };
    for (int i = 0; argc == 3 && i < 3; i++) {
        void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (!plugin) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        int (*begin)(const char *) = 0;
        *(void **)&begin = dlsym(plugin, "plugin_begin");
        if (!begin || begin(argv[2]) || dlclose(plugin)) return 1;
        nanosleep(&a_while, NULL);
    }
    return argc == 3 ? 0 : 2;
}
