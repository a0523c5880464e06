/* suoyin verify: every byte and every cross-reference of an index. */
#include "cli/cmd_verify.h"
#include "base/messages.h"
#include "cli/term.h"

typedef struct faults {
    sy_buf out;
    bool quiet;
} faults;

static void on_fault(void *ctx, const char *file, uint64_t offset, const char *what)
{
    faults *f = ctx;
    if (f->quiet)
        return;
    sy_put_visible(&f->out, file, strlen(file));
    if (offset != SY_NO_OFFSET)
        sy_buf_printf(&f->out, ": offset %llu", (unsigned long long)offset);
    sy_buf_puts(&f->out, ": ");
    what = sy_tr(what);
    sy_put_visible(&f->out, what, strlen(what));
    sy_buf_putc(&f->out, '\n');
}

/* "ok: 2 files, 3 documents, 249 records": the manifest and the segments. */
static sy_status put_sound(const char *dir, sy_buf *out, sy_error *err)
{
    sy_index *index;
    sy_status st = sy_index_open(dir, &index, err);
    if (st != SY_OK)
        return st;
    sy_buf_puts(out, _("ok: "));
    sy_put_count(out, index->n_segments + 1, "file", "files");
    sy_buf_puts(out, _(", "));
    sy_put_count(out, index->n_documents, "document", "documents");
    sy_buf_puts(out, _(", "));
    sy_put_count(out, index->n_records, "record", "records");
    sy_buf_putc(out, '\n');
    sy_index_close(index);
    return SY_OK;
}

int sy_verify(const sy_arguments *args, sy_deep_check_fn *deep)
{
    faults f = {.quiet = sy_arguments_on(args, SY_OPT_QUIET)};
    sy_buf dir = SY_BUF_INIT;
    uint64_t n_faults = 0;
    size_t n_passed_over = 0;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = SY_OK;
    if (args->n_operands > 0)
        st = sy_fail(&err, SY_E_INPUT, NULL, "verify takes no path; name the index with: -i %s",
                     args->operands[0]);
    if (st == SY_OK)
        st = sy_find_index(args, false, &dir, &err);
    if (st != SY_OK) {
        sy_say_failure(&err, NULL);
        goto done;
    }
    const char *name = sy_buf_cstr(&dir);
    st = sy_index_verify(name, on_fault, &f, &n_faults, &err);
    if (st == SY_OK && n_faults == 0 && deep)
        st = deep(name, on_fault, &f, &n_faults, &n_passed_over, &err);
    if (st == SY_OK && n_passed_over > 0)
        sy_say(sy_tr_n("%zu segment was not made again: the lexicon has changed since",
                       "%zu segments were not made again: the lexicon has changed since",
                       n_passed_over),
               n_passed_over);
    if (st == SY_OK && n_faults == 0 && !f.quiet)
        st = put_sound(name, &f.out, &err);
    else if (n_faults > 0 && !f.quiet) {
        sy_put_count(&f.out, n_faults, "fault", "faults");
        sy_buf_putc(&f.out, '\n');
    }
    sy_status printed = sy_print_out(&f.out, &err);
    if (printed == SY_OK)
        printed = sy_print_flush(&err);
    if (st == SY_OK)
        st = printed;
    if (st != SY_OK)
        sy_say_index_failure(&err, name);
done:
    sy_buf_release(&dir);
    sy_buf_release(&f.out);
    return st == SY_OK && n_faults == 0 ? SY_EXIT_OK : SY_EXIT_FAILED;
}

int sy_cmd_verify(const sy_arguments *args)
{
    return sy_arguments_on(args, SY_OPT_DEEP) ? sy_cmd_verify_deep(args) : sy_verify(args, NULL);
}
