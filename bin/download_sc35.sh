#!/usr/bin/env bash
# Gets Speech Commands v0.02.
# Takes the settings of s5 download: data.root=FOLDER, base_url=URL.
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/s5" download sc35 "$@"
