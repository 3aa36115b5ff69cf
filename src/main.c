/* SPDX-License-Identifier: MIT
 *
 * argv in, exit status out. A signal that ends the program first removes what is half written.
 */
#include "base/file.h"
#include "cli/command.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void on_signal(int number)
{
    file_abandon_all();
    signal(number, SIG_DFL);
    raise(number);
}

/* A descriptor that the caller closed would be given to the next file that is opened, and messages or paths would end
 * up in it. Writing to these fails, as it should. */
static void occupy_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) _exit(EXIT_OUTPUT);
}

int main(int argc, char **argv)
{
    static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
    occupy_standard_descriptors();
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction action = { .sa_handler = on_signal }, old;
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue; /* as nohup wants it */
        sigaction(ending[i], &action, NULL);
    }
    return (int)command_main(argc, argv);
}
