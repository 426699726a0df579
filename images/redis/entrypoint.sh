#!/bin/bash
# Options or a configuration file alone mean redis-server; anything else is run as it is.
set -euo pipefail

case "${1:-}" in
  "" | -* | *.conf) set -- redis-server "$@" ;;
esac

# Dumps and append-only files hold everything that the application cached: nobody else may read them.
umask 0077
exec "$@"
