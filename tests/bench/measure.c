/* SPDX-License-Identifier: MIT
 *
 * Runs a command once, its standard output thrown away, and prints "MILLISECONDS KILOBYTES MILLISECONDS": wall time,
 * peak memory, user time. Exit status 1 when the command failed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: measure COMMAND...\n", stderr);
        return 2;
    }
    int64_t begin = now_us();
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("measure");
        return 1;
    }
    int64_t taken = now_us() - begin;
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
#ifdef __APPLE__
    used.ru_maxrss /= 1024; /* bytes there, kilobytes elsewhere */
#endif
    int64_t user = (int64_t)used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec;
    printf("%" PRId64 ".%03" PRId64 " %ld %" PRId64 ".%03" PRId64 "\n", taken / 1000, taken % 1000,
           (long)used.ru_maxrss, user / 1000, user % 1000);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}
