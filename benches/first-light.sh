#!/usr/bin/env bash
# Times of whole processes, median of five: first use, one article, opening; memory of a long line and of a large build.
set -euo pipefail
cd "$(dirname "$0")/.."
exonym=$PWD/target/release/exonym
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EXONYM_CACHE=$work/cache

median() { # the command is run five times; prints the median in milliseconds
  for _ in 1 2 3 4 5; do
    start=$(date +%s%N); "$@" > /dev/null 2>&1; end=$(date +%s%N)
    echo $(( (end - start) / 10000 ))
  done | sort -n | sed -n 3p | awk '{printf "%.1f ms\n", $1 / 100}'
}
first() { rm -rf "$EXONYM_CACHE"; "$exonym" annotate --format count examples/summit-en.txt; }

printf 'first use, built-in dictionary made      '; median first
"$exonym" annotate --format count examples/summit-en.txt > /dev/null
printf 'one article, as a process                '; median "$exonym" annotate examples/summit-en.txt
printf 'one article, --trusted                   '; median "$exonym" annotate --trusted examples/summit-en.txt
printf 'no text at all (opening, checked)        '; median "$exonym" annotate /dev/null

python3 - "$work/line.txt" <<'PY'
import sys
sentence = "In Kyiv and Харків 基辅 it rained on NATO and President Joe Biden for days, and nobody in the town was there to see it. "
open(sys.argv[1], "w").write(sentence * (100_000_000 // len(sentence.encode())))
PY
printf 'one line of 100 MB                       '
/usr/bin/time -f '%U s user, %M KiB at most' "$exonym" annotate --lang en --format count "$work/line.txt" 2>&1 | tail -1

if [ -f ../shared/data/perf/d2m.tsv.gz ]; then
  gzip -dc ../shared/data/perf/d2m.tsv.gz > "$work/d2m.tsv"
  printf 'build of 1,947,636 forms                 '
  # 19 lines hold control characters: they are reported, and the exit code is 1.
  { /usr/bin/time -f '%U s user, %M KiB at most' "$exonym" build --columns id,form --type place --lang und "$work/d2m.tsv" -o "$work/d2m.exo" 2>&1 || true; } | tail -1
  printf 'its size                                 '; stat -c '%s bytes' "$work/d2m.exo"
  printf 'dict verify of it (every byte checked)   '; median "$exonym" dict verify "$work/d2m.exo"
  printf 'lookup in it, --trusted                  '; median "$exonym" lookup --no-builtin --trusted --dict "$work/d2m.exo" Kyiv
else
  echo 'skipped: ../shared/data/perf is not there'
fi
