# Sourced by bin/s5 and .ci/run, and run by the build: where a JDK 25 is and the SDK of TornadoVM, whether
# the SDK will do, and how a JVM starts in it.

jvms=${S5_JVM_DIR:-/usr/lib/jvm}

# The release file tells a JDK's version without starting it.
is_jdk25() {
    [[ -x $1/bin/java && -r $1/release ]] && [[ $(<"$1/release") == *'JAVA_VERSION="25'[.\"]* ]]
}

# Prints the folder of a JDK 25, or nothing.
find_jdk25() {
    local on_path candidate
    on_path=$(readlink -f "$(type -P java || true)" || true)
    for candidate in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "${on_path%/bin/java}" "$jvms"/*25* \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/25*; do
        if [[ -n $candidate ]] && is_jdk25 "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

# Prints the folder that TORNADOVM_HOME names, or else SDKMAN's current SDK if it is of the version that
# the build takes, or else nothing.
find_sdk() {
    local sdk=${TORNADOVM_HOME:-}
    if [[ -z $sdk ]]; then
        sdk=${SDKMAN_DIR:-${HOME:-}/.sdkman}/candidates/tornadovm/current
        [[ -n $(compgen -G "$sdk/share/java/tornado/tornado-api-5.*jdk25*.jar") ]] || return 0
    fi
    [[ $sdk == /* ]] || sdk=$PWD/$sdk
    echo "$sdk"
}

# sdk_problem SDK: prints why the build cannot take an SDK, or nothing.
sdk_problem() {
    local jars=$1/share/java/tornado jar version=''
    if [[ ! -d $jars ]]; then
        echo "no TornadoVM SDK, there is no folder share/java/tornado in it; set TORNADOVM_HOME to an SDK 5.2 for JDK 25, or unset it to do without GPUs"
        return
    fi
    for jar in "$jars"/tornado-api-[0-9]*.jar; do
        version=${jar##*/tornado-api-}
        version=${version%.jar}
    done
    if [[ ! -e $jar ]]; then
        echo "no TornadoVM SDK, share/java/tornado holds no tornado-api jar"
    elif [[ $version != 5.* ]]; then
        echo "TornadoVM $version is not supported, its interfaces differ; install 5.2.0-jdk25"
    elif [[ $version != *jdk25* ]]; then
        echo "TornadoVM $version is for another JDK; install 5.2.0-jdk25"
    elif [[ -z $(compgen -G "$jars/tornado-cublas-*") ]]; then
        echo "TornadoVM $version has no cuBLAS binding, there is no tornado-cublas jar in $jars; install 5.2.0-jdk25"
    fi
}

# sdk_flags SDK JDK: prints the words that start a JVM in an SDK, a line each. That is its argument file, or
# else, because an SDK built from source has none, what its launcher prints, which asks that JDK. Both put
# the current folder on the module path, where any jar would become a module; whoever uses the words sets
# another.
sdk_flags() {
    local flags words
    if [[ -f $1/tornado-argfile ]]; then
        echo "@$1/tornado-argfile"
        return
    fi
    [[ -x $1/bin/tornado ]] || return
    flags=$(JAVA_HOME=$2 TORNADOVM_HOME=$1 "$1/bin/tornado" --printJavaFlags) || return
    read -r -d '' -a words <<<"$flags" || true
    [[ ${#words[@]} -gt 1 && ${words[1]} == -* ]] || return # what it dislikes it says with exit code 0
    printf '%s\n' "${words[@]:1}" # the first is java
}

# expanded: the same words with the content of files for their names, which an argument file cannot hold.
expanded() {
    local word
    while IFS= read -r word; do
        case $word in
            @*) cat "${word#@}" ;;
            *) echo "$word" ;;
        esac
    done
    echo
    printf '%s\n' --module-path "$1/share/java/tornado"
}

# Run by the build: bash find_sdk.sh SDK OPTIONS_FILE.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    problem=$(sdk_problem "$1")
    if [[ -n $problem ]]; then
        echo "TORNADOVM_HOME=$1: $problem" >&2
        exit 1
    fi
    if ! flags=$(sdk_flags "$1" "$(find_jdk25)"); then
        echo "$1/bin/tornado --printJavaFlags failed, see above" >&2
        exit 1
    fi
    mkdir -p "${2%/*}"
    expanded "$1" <<<"$flags" >"$2"
fi
