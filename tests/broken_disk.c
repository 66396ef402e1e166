/* A disk that is full, or that fails to keep what it was given, for as long as a file of that name lies beside it.
 *
 * Preloaded into a program. BROKEN_DISK is a folder: its "disk" is the disk; while "full" is there, nothing can be written to it
 * (ENOSPC); while "fsync" is there, nothing can be made durable on it (EIO). Only files under BROKEN_DISK/disk are concerned.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int broken(const char *how, int fd) {
    const char *folder = getenv("BROKEN_DISK");
    char path[PATH_MAX], link[64], disk[PATH_MAX];
    if (folder == NULL) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, how);
    if (access(path, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    snprintf(disk, sizeof disk, "%s/disk/", folder);
    return strncmp(path, disk, strlen(disk)) == 0;
}

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))
#define FAIL(how, fd, code) do { int kept = errno; if (broken(how, fd)) { errno = code; return -1; } errno = kept; } while (0)

ssize_t write(int fd, const void *data, size_t size) { FAIL("full", fd, ENOSPC); return REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { FAIL("full", fd, ENOSPC); return REAL(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { FAIL("full", fd, ENOSPC); return REAL(pwrite64)(fd, data, size, at); }
int fsync(int fd) { FAIL("fsync", fd, EIO); return REAL(fsync)(fd); }
int fdatasync(int fd) { FAIL("fsync", fd, EIO); return REAL(fdatasync)(fd); }
