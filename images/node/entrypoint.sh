#!/bin/bash
# Options and scripts mean node; a program that exists is run as it is.
set -euo pipefail

if ! command -v -- "${1:-}" > /dev/null || [[ -f "$1" && ! -x "$1" ]]; then
  set -- node "$@"
fi
exec "$@"
