#!/usr/bin/env bash
# Place names of GeoVirus: exact precision and recall, and the most frequent errors.
set -euo pipefail
cd "$(dirname "$0")/.."
gold=../shared/data/linking/geo/geovirus.jsonl.gz
[ -f "$gold" ] || { echo "skipped: $gold is not there"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gzip -dc "$gold" > "$work/gold.jsonl"
./target/release/exonym annotate --input jsonl --only place "$work/gold.jsonl" > "$work/found.jsonl"
python3 ../shared/eval/linking/score_spans.py "$gold" "$work/found.jsonl" | python3 -c '
import json, sys
all = json.load(sys.stdin)["all"]
print("gold", all["gold"], "found", all["system"], "exact P R F1", all["exact"], "overlap P R F1", all["overlap"])'
python3 - "$work/gold.jsonl" "$work/found.jsonl" <<'PY'
import collections, json, sys
gold = {d["doc"]: d for d in map(json.loads, open(sys.argv[1]))}
missed, wrong = collections.Counter(), collections.Counter()
for found in map(json.loads, open(sys.argv[2])):
    text = gold[found["doc"]]["text"]
    g = {(m["start"], m["end"]) for m in gold[found["doc"]]["mentions"]}
    a = {(m["start"], m["end"]) for m in found["annotations"]}
    missed.update(text[s:e] for s, e in g - a)
    wrong.update(text[max(0, s - 15):s] + "[" + text[s:e] + "]" + text[e:e + 15] for s, e in a - g)
print("missed:", ", ".join(f"{w} {n}" for w, n in missed.most_common(50)))
print("not in the gold:")
for context, n in wrong.most_common(50):
    print("  ", n, " ".join(context.split()))
PY
