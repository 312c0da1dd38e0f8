# Sourced by bin/s5 and .ci/run: where the SDK of TornadoVM is.

# Prints the folder that TORNADOVM_HOME names, or else SDKMAN's current SDK if it is of the version that
# the build takes, or else nothing.
find_sdk() {
    local sdk=${TORNADOVM_HOME:-}
    if [[ -z $sdk ]]; then
        sdk=${SDKMAN_DIR:-${HOME:-}/.sdkman}/candidates/tornadovm/current
        [[ -n $(compgen -G "$sdk/share/java/tornado/tornado-api-5.*jdk25*.jar") ]] || return 0
    fi
    echo "$sdk"
}
