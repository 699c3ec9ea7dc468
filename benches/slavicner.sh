#!/usr/bin/env bash
# SlavicNER: every form against its slice in three units; precision of what is found (base forms only until inflection).
set -euo pipefail
cd "$(dirname "$0")/.."
gold=../shared/data/linking/slavicner/docs.jsonl.gz
[ -f "$gold" ] || { echo "skipped: $gold is not there"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for set in "$gold" ../shared/data/linking/geo/geovirus.jsonl.gz; do
  gzip -dc "$set" > "$work/in.jsonl"
  for unit in codepoints bytes utf16; do
    ./target/release/exonym annotate --input jsonl --offsets $unit "$work/in.jsonl" > "$work/$unit.jsonl"
  done
  python3 - "$work" "$(basename "$set")" "$(dirname "$set")" <<'PY'
import json, os, sys
work = sys.argv[1]
texts = {d["doc"]: d["text"] for d in map(json.loads, open(f"{work}/in.jsonl"))}
checked = 0
for unit, codec, width in ("codepoints", None, 1), ("bytes", "utf-8", 1), ("utf16", "utf-16-le", 2):
    for d in map(json.loads, open(f"{work}/{unit}.jsonl")):
        text = texts[d["doc"]] if codec is None else texts[d["doc"]].encode(codec)
        for a in d["annotations"]:
            part = text[a["start"] * width:a["end"] * width]
            assert (part if codec is None else part.decode(codec)) == a["form"], (d["doc"], unit, a)
            checked += 1
print(os.path.basename(sys.argv[3]), len(texts), "documents,", checked, "offsets in three units, all sound")
PY
  [ "$set" = "$gold" ] && cp "$work/codepoints.jsonl" "$work/found.jsonl"
done
python3 ../shared/eval/linking/score_spans.py "$gold" "$work/found.jsonl" | python3 -c '
import json, sys
for name, s in json.load(sys.stdin).items():
    if name == "all" or name.startswith("lang"):
        print(name.ljust(8), "gold", s["gold"], "found", s["system"], "exact P R F1", s["exact"], "overlap P R F1", s["overlap"])'
