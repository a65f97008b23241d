/* In: requests of Docker's volume plugin protocol on /run/docker/plugins/testvolume.sock, one per connection.
 * Out: their answers; volume NAME is the folder /volumes/NAME. Only names matter; all options are ignored. */
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET "/run/docker/plugins/testvolume.sock"
#define ROOM 65536

static char request[ROOM], answer[ROOM], name[256], path[512];

/* Reads headers and body; a request that is too long or cut short is dropped. */
static int read_request(int peer) {
    size_t length = 0;
    while (length < ROOM - 1) {
        ssize_t got = read(peer, request + length, ROOM - 1 - length);
        if (got <= 0) return 0;
        length += got;
        request[length] = 0;
        char *body = strstr(request, "\r\n\r\n");
        if (!body) continue;
        char *header = strcasestr(request, "\r\nContent-Length:");
        size_t expected = header && header < body ? strtoul(header + 17, NULL, 10) : 0;
        if (length >= (size_t)(body + 4 - request) + expected) return 1;
    }
    return 0;
}

/* The daemon checks names before it sends them, so a quote is always the end of one. */
static void find_name(void) {
    char *at = strstr(request, "\"Name\":\"");
    name[0] = 0;
    if (at) sscanf(at + 8, "%255[^\"]", name);
    if (strchr(name, '/') || name[0] == '.') name[0] = 0;
    snprintf(path, sizeof path, "/volumes/%s", name);
}

static int is_volume(void) {
    struct stat status;
    return name[0] && stat(path, &status) == 0;
}

static int list_volumes(char *to) {
    int length = sprintf(to, "{\"Volumes\":[");
    DIR *folder = opendir("/volumes");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && length < ROOM - 1024)
            length += sprintf(to + length, "%s{\"Name\":\"%s\",\"Mountpoint\":\"/volumes/%s\"}",
                              to[length - 1] == '[' ? "" : ",", entry->d_name, entry->d_name);
    if (folder) closedir(folder);
    return length + sprintf(to + length, "]}");
}

static int remove_one(const char *file, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(file);
}

static void decide(const char *call) {
    if (!strcmp(call, "/Plugin.Activate"))
        strcpy(answer, "{\"Implements\":[\"VolumeDriver\"]}");
    else if (!strcmp(call, "/VolumeDriver.Capabilities"))
        strcpy(answer, "{\"Capabilities\":{\"Scope\":\"local\"}}");
    else if (!strcmp(call, "/VolumeDriver.List"))
        list_volumes(answer);
    else if (!strcmp(call, "/VolumeDriver.Create"))
        strcpy(answer, name[0] && (mkdir(path, 0755) == 0 || is_volume()) ? "{}" : "{\"Err\":\"cannot create\"}");
    else if (!is_volume())
        strcpy(answer, "{\"Err\":\"no such volume\"}");
    else if (!strcmp(call, "/VolumeDriver.Get"))
        sprintf(answer, "{\"Volume\":{\"Name\":\"%s\",\"Mountpoint\":\"%s\",\"Status\":{}}}", name, path);
    else if (!strcmp(call, "/VolumeDriver.Path") || !strcmp(call, "/VolumeDriver.Mount"))
        sprintf(answer, "{\"Mountpoint\":\"%s\"}", path);
    else if (!strcmp(call, "/VolumeDriver.Unmount"))
        strcpy(answer, "{}");
    else if (!strcmp(call, "/VolumeDriver.Remove"))
        strcpy(answer, nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? "{}" : "{\"Err\":\"cannot remove\"}");
    else
        strcpy(answer, "{\"Err\":\"no such call\"}");
}

static void serve(int peer) {
    char call[128] = "";
    if (!read_request(peer)) return;
    sscanf(request, "POST %127s", call);
    find_name();
    decide(call);
    if (getenv("DEBUG") && !strcmp(getenv("DEBUG"), "1")) fprintf(stderr, "%s %s: %s\n", call, name, answer);
    dprintf(peer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.plugins.v1.1+json\r\n"
            "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
            strlen(answer), answer);
}

/* The first process of a container is not ended by a signal that it does not handle. */
static void end(int signal) {
    _exit(128 + signal);
}

int main(void) {
    signal(SIGTERM, end);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(SOCKET);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) {
        perror(SOCKET);
        return 1;
    }
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        if (peer < 0) continue;
        serve(peer);
        close(peer);
    }
}
