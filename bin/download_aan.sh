#!/usr/bin/env bash
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/s5" download aan "$@"
