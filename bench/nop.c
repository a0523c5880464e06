/* bench/nop.c - the empty process: what a cold query cannot go below. Linked statically. */
int main(void)
{
    return 0;
}
