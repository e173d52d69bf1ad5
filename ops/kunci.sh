#!/usr/bin/env bash
# Resolve pyproject.toml into requirements/*.txt: exact versions with hashes, no address of any index. The smaller sets
# are cut out of dev.txt, so all three agree. What bench/ measures beside us (requirements/bench.in) is resolved apart.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool" && "$tool/bin/pip" --disable-pip-version-check install --quiet pip-tools

compile() {
  local out=$1 from=$2
  shift 2
  "$tool/bin/python" -m piptools compile --quiet --generate-hashes --allow-unsafe \
    --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@" \
    --output-file "requirements/$out.txt" "$from"
}
compile dev pyproject.toml --extra dev --extra lokal --extra pdf-sederhana "${@}"
compile run pyproject.toml --extra lokal --constraint requirements/dev.txt
compile pdf pyproject.toml --extra lokal --extra pdf-sederhana --constraint requirements/dev.txt
compile bench requirements/bench.in --constraint requirements/dev.txt
