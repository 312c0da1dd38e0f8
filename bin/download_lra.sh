#!/usr/bin/env bash
# Gets Long Range Arena: ListOps, AAN, Pathfinder and Path-X.
# Takes the settings of s5 download: data.root=FOLDER, base_url=URL.
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/s5" download lra "$@"
