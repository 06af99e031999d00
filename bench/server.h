/* bench/server.h -- build/yiheng serving a folder, for the benches that play a hospital against it. */
#ifndef YH_BENCH_SERVER_H
#define YH_BENCH_SERVER_H
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts it as a sandbox of 990100 and 990200 on a port of its own, with its words in `log`; answers
 * when it serves, within a minute, or ends the bench. */
static inline pid_t bench_serve(const char *dir, const char *log, int *port)
{
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        execl("build/yiheng", "yiheng", "serve", "--data", dir, "--sandbox", "--port", "0",
              "--regions", "990100 990200", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 1200; i++) {
        char text[2000] = { 0 };
        usleep(50000);
        FILE *f = fopen(log, "r");
        size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
        if (f)
            fclose(f);
        char *at = n ? strstr(text, "http://127.0.0.1:") : NULL;
        if (at && sscanf(at + 17, "%d", port) == 1)
            return pid;
        if (waitpid(pid, NULL, WNOHANG) == pid)
            break;
    }
    fprintf(stderr, "build/yiheng serve did not start; see %s\n", log);
    exit(1);
}
#endif
