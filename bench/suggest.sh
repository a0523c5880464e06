#!/bin/sh
# bench/suggest.sh SUOYIN SUGGEST - what may have been meant by a misspelt bureau, of 10,000.
#
# The names are made up, the same ones each time. Prints the name asked for, microseconds the first
# time and at best, and what was proposed.
set -eu
suoyin=$1
suggest=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
awk 'BEGIN {
    split("东 西 南 北 中 山 河 平 安 宁 远 长 阳 新 泰 和", place, " ")
    split("市 区 县 省", kind, " ")
    split("发展 改革 财政 商务 投资 教育 科技 工业 信息 民政 司法 人力 资源 社会 保障 自然 生态 环境 住房 城乡 建设 交通 " \
          "运输 水利 农业 农村 文化 旅游 卫生 健康 应急 管理 审计 市场 监督 体育 统计 医疗", work, " ")
    split("局 委员会 办公室 中心", end, " ")
    srand(7)
    while (n < 10000) {
        name = place[1 + int(rand() * 16)] place[1 + int(rand() * 16)] kind[1 + int(rand() * 4)]
        for (k = 1 + int(rand() * 3); k > 0; k--)
            name = name work[1 + int(rand() * 38)]
        name = name end[1 + int(rand() * 4)]
        if (!(name in seen))
            printf "{\"id\":\"%d\",\"unit\":\"%s\"}\n", ++n, name
        seen[name] = 1
    }
}' >"$dir/names.jsonl"
"$suoyin" index -q -i "$dir/index" "$dir/names.jsonl"
"$suggest" "$dir/index" 东山市财证局 北河县教育科枝局 平安区商务投资局 没有这样的单位 education
