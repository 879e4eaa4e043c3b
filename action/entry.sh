#!/bin/sh
# Finds the lockstep binary that belongs to this commit of the action, and hands over to `lockstep ci`, which decides
# everything else. Needs a POSIX shell, tar, curl or wget, and sha256sum or shasum.
#
# The binary is, in this order: the one the input `binary` names; the one in the runner's tool cache; one that is
# downloaded. The last two must have the checksum that manifest.txt, part of this commit, holds for them: whoever pins the
# commit has pinned the binary.
set -eu

releases=https://github.com/OWNER/lockstep/releases/download

# On one line, and without what the runner would take for a command.
plain() {
    printf '%s' "$1" | LC_ALL=C tr -d '\000-\037\177' | LC_ALL=C sed -e 's/%/%25/g' -e 's/##\[/# #[/g'
}

warn() {
    printf '::warning title=Lockstep::%s\n' "$(plain "$1")" >&2
}

# fail CODE MESSAGE. To standard error, which the runner reads as well: inside $(...) standard output would be lost.
fail() {
    printf '::error title=Lockstep::%s\n' "$(plain "$2")" >&2
    if [ -n "${GITHUB_OUTPUT:-}" ]; then
        printf 'status=failed\nchanged=false\nexit-code=%s\n' "$1" >>"$GITHUB_OUTPUT"
    fi
    exit "$1"
}

# What `uname` calls this machine, as the manifest calls it.
target() {
    case "$(uname -s)" in
        Linux) system=unknown-linux-musl ;;
        Darwin) system=apple-darwin ;;
        *) fail 2 "There is no binary for $(uname -s). Use a Linux or macOS runner, or give the path of a binary as the input binary." ;;
    esac
    case "$(uname -m)" in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) fail 2 "There is no binary for $(uname -m). Use an x86-64 or ARM64 runner, or give the path of a binary as the input binary." ;;
    esac
    printf '%s-%s\n' "$machine" "$system"
}

# The version of the first row: the one this commit was released as; nothing before a release.
released_version() {
    while read -r version _; do
        case "$version" in
            '' | '#'*) ;;
            *)
                printf '%s\n' "$version"
                return
                ;;
        esac
    done <"$manifest"
}

# row VERSION TARGET KIND: "sha256 file" of the binary or of the archive; nothing when there is no such row.
row() {
    while read -r version for_target sum file _; do
        [ "$version" = "$1" ] && [ "$for_target" = "$2" ] || continue
        case "$3:$file" in
            binary:lockstep) ;;
            binary:* | archive:lockstep) continue ;;
        esac
        printf '%s %s\n' "$sum" "$file"
        return
    done <"$manifest"
}

sum_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sum=$(sha256sum <"$1")
    else
        sum=$(shasum -a 256 <"$1")
    fi
    printf '%s\n' "${sum%% *}"
}

# fetch ADDRESS FILE. No token goes along; the checksum makes sure of what arrives, not the place it comes from.
fetch() {
    case "$1" in
        file://*) cp -- "${1#file://}" "$2" 2>/dev/null ;;
        *)
            if command -v curl >/dev/null 2>&1; then
                curl --fail --silent --show-error --location --globoff --proto '=https,http' --retry 3 \
                    --connect-timeout 20 --max-time 300 --output "$2" "$1"
            else
                wget -q -T 60 -O "$2" "$1"
            fi
            ;;
    esac
}

# The path of the binary of this commit, fetched if need be.
released() {
    here=$(target) || exit
    version=$(released_version)
    if [ -z "$version" ]; then
        fail 2 "This commit of the action is not a release and carries no binary. Use a release, by its full commit or its tag (OWNER/lockstep@v0), or build lockstep and give its path as the input binary."
    fi
    wanted=${LOCKSTEP_VERSION:-}
    wanted=${wanted#v}
    if [ -n "$wanted" ] && [ "$wanted" != "$version" ]; then
        fail 2 "This commit of the action carries lockstep $version, and the input version asks for $wanted. Use the commit or tag of that release, or leave the input empty."
    fi
    binary_row=$(row "$version" "$here" binary)
    archive_row=$(row "$version" "$here" archive)
    if [ -z "$binary_row" ] || [ -z "$archive_row" ]; then
        fail 2 "Lockstep $version was not released for $here. Give the path of a binary as the input binary."
    fi
    if ! command -v sha256sum >/dev/null 2>&1 && ! command -v shasum >/dev/null 2>&1; then
        fail 2 "The runner has neither sha256sum nor shasum, so nothing can be verified. Install one of them, or give the path of a binary as the input binary."
    fi
    binary_sum=${binary_row%% *}
    archive_sum=${archive_row%% *}
    archive=${archive_row#* }

    cached=${RUNNER_TOOL_CACHE:-/nonexistent}/lockstep/$version/$here
    temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/lockstep/$version/$here
    for place in "$cached" "$temporary"; do
        [ -f "$place/lockstep" ] || continue
        if [ "$(sum_of "$place/lockstep")" = "$binary_sum" ]; then
            printf '%s\n' "$place/lockstep"
            return
        fi
        warn "The binary in $place is not the one this commit of the action names. It is fetched again."
    done

    base=${LOCKSTEP_DOWNLOAD_URL:-$releases}
    case "$base" in
        file:///*) ;;
        https://* | http://*)
            if ! command -v curl >/dev/null 2>&1 && ! command -v wget >/dev/null 2>&1; then
                fail 2 "The runner has neither curl nor wget. Install one of them, or give the path of a binary as the input binary."
            fi
            ;;
        *) fail 2 "The input download-url must begin with https://, http:// or file:///." ;;
    esac
    # In the folder the binary is to stay in: only there can it be put in place at once.
    place=$cached
    if ! mkdir -p -- "$place" 2>/dev/null || ! work=$(mktemp -d "$place/fetch.XXXXXX" 2>/dev/null); then
        place=$temporary
        if ! mkdir -p -- "$place" || ! work=$(mktemp -d "$place/fetch.XXXXXX"); then
            fail 2 "The binary cannot be put into $place. Give the job a temporary folder it may write to."
        fi
    fi
    trap 'rm -rf -- "$work"' EXIT
    trap 'exit 130' HUP INT TERM
    if ! fetch "${base%/}/v$version/$archive" "$work/archive"; then
        fail 3 "$archive of release v$version could not be fetched. Without access to github.com use the input download-url or binary."
    fi
    if [ "$(sum_of "$work/archive")" != "$archive_sum" ]; then
        fail 2 "$archive of release v$version does not have the checksum this commit of the action names, and was not run. Report it if it came from the releases on github.com; otherwise mend the mirror."
    fi
    tar -xzf "$work/archive" -C "$work" lockstep || fail 2 "$archive of release v$version could not be unpacked."
    if [ "$(sum_of "$work/lockstep")" != "$binary_sum" ]; then
        fail 2 "The binary in $archive does not have the checksum this commit of the action names, and was not run."
    fi
    # A rename: another job on this machine sees the whole binary or none.
    if ! chmod 755 "$work/lockstep" || ! mv -f -- "$work/lockstep" "$place/lockstep"; then
        fail 2 "The binary could not be put into $place."
    fi
    printf '%s\n' "$place/lockstep"
}

manifest=${GITHUB_ACTION_PATH:-.}/action/manifest.txt

if [ -n "${LOCKSTEP_BINARY:-}" ]; then
    case "$LOCKSTEP_BINARY" in
        /*) binary=$LOCKSTEP_BINARY ;;
        *) binary=./$LOCKSTEP_BINARY ;;
    esac
    if ! [ -f "$binary" ] || ! [ -x "$binary" ]; then
        fail 2 "The input binary names $LOCKSTEP_BINARY, which is no file that can be run. Give its full path, and make it executable."
    fi
else
    [ -r "$manifest" ] || fail 2 "$manifest cannot be read. The action must be checked out as a whole."
    binary=$(released) || exit
fi

exec "$binary" ci
