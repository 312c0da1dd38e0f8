#!/usr/bin/env bash
# Gets every data set that can be had.
# Takes the settings of s5 download: data.root=FOLDER, base_url=URL.
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/s5" download all "$@"
