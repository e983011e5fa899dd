#!/bin/sh
# Installs what the named lists need and this machine lacks: sh packaging/install-packages.sh build [test].
# The one place where packages are named. A word a|b is satisfied by either; the first is what gets installed.
# When nothing is missing, apt is not touched, so it works offline and without root.
set -eu

build="gcc|clang libc6-dev cmake ninja-build pkg-config|pkgconf
       libncurses-dev libcurl4-openssl-dev|libcurl4-gnutls-dev libcjson-dev libsqlite3-dev libpq-dev
       libsodium-dev libssl-dev libmicrohttpd-dev libgnutls28-dev libinih-dev zlib1g-dev"
test="libcmocka-dev libvterm-dev curl openssl postgresql"

wanted=
for list in "$@"; do
    case $list in
        build) wanted="$wanted $build" ;;
        test) wanted="$wanted $test" ;;
        peers) # run as commands only, wherever they come from
            command -v node >/dev/null || wanted="$wanted nodejs"
            command -v npm >/dev/null || wanted="$wanted npm"
            command -v java >/dev/null || wanted="$wanted default-jre-headless"
            ;;
        *) echo "install-packages: unknown list '$list' (build, test, peers)" >&2; exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "install-packages: not a Debian or Ubuntu system; these must be there already:" $wanted >&2
    exit 0
fi

installed() {
    case $(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null) in
        installed*) return 0 ;;
        *) return 1 ;;
    esac
}

missing=
for word in $wanted; do
    found=
    for name in $(echo "$word" | tr '|' ' '); do
        if installed "$name"; then
            found=yes
            break
        fi
    done
    [ -n "$found" ] || missing="$missing ${word%%|*}"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "install-packages: missing packages, and neither root nor sudo here. As root, run:" >&2
        echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing with apt${as_root:+ (through sudo)}:$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
