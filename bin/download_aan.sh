#!/usr/bin/env bash
# Gets AAN (Retrieval), which is a part of Long Range Arena's archive.
# Takes the settings of s5 download: data.root=FOLDER, base_url=URL.
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/s5" download aan "$@"
