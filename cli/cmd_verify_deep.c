/* suoyin verify --deep: the part that needs the indexer. */
#include "cli/cmd_verify.h"
#include "indexer/deep_check.h"

int sy_cmd_verify_deep(const sy_arguments *args)
{
    return sy_verify(args, sy_index_deep_check);
}
