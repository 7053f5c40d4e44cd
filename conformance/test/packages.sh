#!/bin/sh
# packages.sh PACKAGE... -- installs the Debian packages that are missing, and says which; does nothing when all are there.
set -eu
missing=
for package in "$@"; do
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "bgcheck: missing:$missing (no apt-get here: install them by hand)" >&2; exit 1; }
as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "bgcheck: missing:$missing (install them as root, or install sudo)" >&2; exit 1; }
	as_root=sudo
fi
echo "bgcheck: installing$missing"
log=$(mktemp)
$as_root apt-get update -qq >"$log" 2>&1 &&
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1 ||
	{ cat "$log" >&2; rm -f "$log"; exit 1; }
rm -f "$log"
