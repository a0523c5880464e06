#include "cli/lexicon_file.h"

#include <string.h>

#include "base/io.h"

enum { FILE_MOST = 1 << 30 };

sy_status sy_lexicon_file_read(const char *path, sy_buf *out, sy_error *err)
{
    sy_path_info info;
    sy_status st = sy_path_look(path, true, &info, err);
    if (st == SY_OK && info.kind != SY_PATH_NONE)
        st = sy_read_file(path, FILE_MOST, out, err);
    return st;
}

sy_status sy_lexicon_file_write(const char *path, const sy_buf *text, sy_error *err)
{
    sy_buf new_path = SY_BUF_INIT, dir = SY_BUF_INIT;
    const char *slash = strrchr(path, '/');
    sy_buf_puts(&new_path, path);
    sy_buf_puts(&new_path, ".new");
    sy_buf_append(&dir, path, slash ? (size_t)(slash - path) + 1 : 0);
    if (!slash)
        sy_buf_putc(&dir, '.');
    sy_status st = sy_buf_status(&new_path, err);
    if (st == SY_OK)
        st = sy_buf_status(&dir, err);
    sy_writer *w = NULL;
    if (st == SY_OK)
        st = sy_remove_file(new_path.data, err); /* what a killed run left */
    if (st == SY_OK)
        st = sy_writer_open(new_path.data, &w, err);
    if (st == SY_OK) {
        sy_writer_put(w, sy_buf_cstr(text), text->len);
        st = sy_writer_close(w, err);
    }
    if (st == SY_OK)
        st = sy_replace_file(dir.data, new_path.data, path, err);
    sy_buf_release(&new_path);
    sy_buf_release(&dir);
    return st;
}
