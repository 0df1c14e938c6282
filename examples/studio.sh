#!/usr/bin/env bash
# A studio's nightly props on the command line: ids go through pipes, progress stays on stderr, and
# exit codes say how it went (docs/command-line.md).
#
#     PATH="$PWD/.venv/bin:$PATH" bash examples/studio.sh
set -euo pipefail
out=${1:-out/studio}
mkdir -p "$out"
small=(--quality low --texture-size 256)

# What it would take, before anything is made.
meshmill assets create --generator vase "${small[@]}" --estimate

# Three crates: asked for one after another, made side by side, downloaded once all are there.
for seed in 71 72 73; do
    meshmill assets create --generator crate "${small[@]}" --seed "$seed" --label set=studio --quiet
done | meshmill assets download - --wait --quiet --out "$out/crates"

# A manifest, for what is more than a handful. Its second line is a mistake.
cat > "$out/props.jsonl" <<'END'
{"format": "gltf", "custom_id": "well", "parameters": {"generator": "rock", "quality": "low", "texture_size": 256, "seed": 74}}
{"format": "gltf", "custom_id": "gate", "parameters": {"generator": "fence"}}
END
code=0
id=$(meshmill batches submit "$out/props.jsonl" --wait --quiet) || code=$?
case $code in
    0) ;;
    9) meshmill batches errors "$id" ;; # some lines were rejected: the others are as good as ever
    *) exit "$code" ;;
esac
meshmill batches results "$id" --ids | meshmill assets download - --quiet --out "$out/props"
