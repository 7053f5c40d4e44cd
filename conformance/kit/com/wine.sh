#!/bin/bash
# wine.sh EXE [ARG...] -- runs a Win32 program in a Wine prefix of its own, and leaves nothing of it behind.
# wine.sh --prepare    -- makes the template prefix, when there is none, and does nothing else.
# wine.sh --clean      -- ends and removes what runs that were killed have left.
#
# BGCHECK_WINE_DIR (build/wine) holds `template`, a prefix made once, and `run.PID` for each run: `owner`, and `prefix`, a
# copy of the template by hard links. No process is ever ended by name: `wineserver -k` ends those of one prefix.
set -u

dir=${BGCHECK_WINE_DIR:-build/wine}
mkdir -p "$dir" || exit 1
dir=$(cd "$dir" && pwd) || exit 1
template=$dir/template
run=$dir/run.$$

export WINEARCH=win64 WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES='winemenubuilder.exe=d;mscoree=d;mshtml=d'
unset DISPLAY WAYLAND_DISPLAY

# What tells a process from a later one with the same number: its start, field 22 of stat, counted behind the name.
started() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# Ends every process of the prefix, then removes the folder around it.
remove() {
	[ ! -d "$1/prefix" ] || WINEPREFIX=$1/prefix wineserver -k </dev/null >/dev/null 2>&1
	rm -rf "$1"
}

# Removes the folders of runs whose owner is dead. Under the lock.
sweep() {
	local old pid since
	for old in "$dir"/run.* "$dir"/new.*; do
		[ -d "$old" ] || continue
		pid=${old##*.} since=
		[ ! -r "$old/owner" ] || since=$(cat "$old/owner")
		[ -n "$since" ] && [ "$since" = "$(started "$pid")" ] || remove "$old"
	done
}

# Makes the template when there is none of this version of Wine. Under the lock. Its server must have ended, and so have
# written its registry, before it is copied.
make_template() {
	local version new=$dir/new.$$
	version=$(wine --version 2>/dev/null)
	[ "$(cat "$template/version" 2>/dev/null)" != "$version" ] || return 0
	mkdir -p "$new" && started $$ >"$new/owner"
	WINEPREFIX=$new/prefix wineboot -i </dev/null >"$dir/wineboot.log" 2>&1 || :
	WINEPREFIX=$new/prefix wineserver -w </dev/null >/dev/null 2>&1
	[ -f "$new/prefix/system.reg" ] || { remove "$new"; echo "wine.sh: wineboot failed, see $dir/wineboot.log" >&2; return 1; }
	echo "$version" >"$new/version"
	rm -rf "$template" && rm -f "$new/owner" && mv "$new" "$template"
}

# The lock must not be inherited by Wine, whose server would keep it.
prepare() {
	(
		flock 9
		sweep 9>&-
		make_template 9>&-
	) 9>"$dir/lock"
}

# A folder that says whose it is from the first moment: others sweep meanwhile.
claim() {
	(flock 9; mkdir -p "$run" && started $$ >"$run/owner") 9>"$dir/lock"
}

# Wine writes into registry files that have several links instead of replacing them, so these are copied in truth.
copy() {
	cp -al "$template/prefix" "$run/prefix" && cp --remove-destination -p "$template"/prefix/*.reg "$run/prefix/"
}

case ${1:-} in
--clean)
	(flock 9; sweep 9>&-) 9>"$dir/lock"
	exit
	;;
--prepare)
	prepare
	exit
	;;
'' | --*)
	echo "usage: wine.sh EXE [ARG...] | --prepare | --clean" >&2
	exit 2
	;;
esac

child=
# The runner's impatience must not stop the tidying: the programs that tidy inherit the deafness.
trap 'trap "" TERM INT HUP; remove "$run"' EXIT
trap '[ -n "$child" ] && kill -TERM "$child" 2>/dev/null || exit 143' TERM INT HUP
prepare && claim && copy || exit 1
export WINEPREFIX=$run/prefix
# Services inherit standard output, so its end is no sign: this waits for the program alone.
wine "$@" <&0 &
child=$!
while :; do
	wait "$child"
	code=$?
	kill -0 "$child" 2>/dev/null || break
done
exit $code
