# An index that we may not read. The administrator may read everything: then
# there is nothing to see, and the expected lines are written out.
. "$HELPERS"
make_records
make_index a.jsonl
chmod 000 my.idx/manifest
if [ -r my.idx/manifest ]; then
    cat <<'END'
$ suoyin query -i my.idx *
suoyin: cannot open 'my.idx/manifest': permission denied; ask its owner for the right to read it
exit 2
END
else
    run query -i my.idx '*'
fi
