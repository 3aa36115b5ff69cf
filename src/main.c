/* SPDX-License-Identifier: MIT
 *
 * argv in, exit status out. A signal that ends the program first removes what is half written.
 */
#include "base/file.h"
#include "cli/command.h"

#include <signal.h>

static void on_signal(int number)
{
    file_abandon_all();
    signal(number, SIG_DFL);
    raise(number);
}

int main(int argc, char **argv)
{
    static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction action = { .sa_handler = on_signal }, old;
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue; /* as nohup wants it */
        sigaction(ending[i], &action, NULL);
    }
    return (int)command_main(argc, argv);
}
