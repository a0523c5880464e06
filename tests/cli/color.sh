# Colour: only when asked for or on a terminal; matches right to the character.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --color=always --fields status,unit '"短缺" unit:区商投局' | visible
run query -i my.idx --color=always --card --fields status,unit '"短缺" unit:区商投局' | visible
run query -i my.idx --color=auto --fields item '"更新"' | visible
run query -i my.idx --color=never --fields item '"更新"' | visible
NO_COLOR=1
export NO_COLOR
run query -i my.idx --color=always --fields item '"更新"' | visible
run query -i my.idx --color=sometimes '"更新"'
