#!/bin/bash
# com_smoke_test.sh -- the COM adapter under Wine: a handful of lines in, what comes out, and that nothing stays behind.
. conformance/test/tap.sh
set -u
wine=conformance/kit/com/wine.sh
exe=$BUILD/com/bgcom.exe
export BGCHECK_WINE_DIR=${BGCHECK_WINE_DIR:-$BUILD/wine}

commands() {
	sed -n 's/^METHOD("\([^"]*\)".*, *[0-9]*, [01], 1, [01], .*/\1/p' model/method.def | sort -u
}

session() {
	cat <<-END
		{"id":1,"cmd":"hello","a":{"version":1}}
		{"id":2,"cmd":"describe","a":{}}
		{"id":3,"cmd":"scenario.begin","a":{"id":"smoke","dir":"/tmp/smoke","origin":"http://127.0.0.1:9","dialect":"bits"}}
		{"id":4,"cmd":"job.create","a":{"as":"j1","type":0,"name":"n\u00e4me"}}
		{"id":5,"cmd":"job.state","a":{"job":"j1"}}
		{"id":6,"cmd":"job.get_error","a":{"job":"j1","as":"e1"}}
		{"id":7,"cmd":"job.get","a":{"job":"j1","property":"display_name"}}
		{"id":8,"cmd":"job.state","a":{"job":"j2"}}
		{"id":9,"cmd":"job.state","a":{"job":"j1","out":null}}
		{"id":10,"cmd":"job.peer_cache","a":{"job":"j1"}}
		{"id":11,"cmd":
		{"id":12,"cmd":"handle.release","a":{"handle":"j1"}}
		{"id":13,"cmd":"job.state","a":{"job":"j1"}}
	END
	# Without arguments: broken or refused, but known, and no crash.
	commands | sed 's/.*/{"id":100,"cmd":"&","a":{}}/'
	echo '{"id":14,"cmd":"scenario.end","a":{}}'
	echo '{"id":15,"cmd":"bye","a":{}}'
}

has() {
	grep -Fq -- "$1" "$scratch/out" || { echo "expected $1, found:"; head -n 80 "$scratch/out"; return 1; }
}

knows_all() {
	local found
	found=$(grep -c '^{"id":100,' "$scratch/out")
	[ "$found" = "$(commands | wc -l)" ] && ! grep '^{"id":100,"unsupported"' "$scratch/out"
}

nothing_left() {
	! ls -d "$BGCHECK_WINE_DIR"/run.* 2>/dev/null
}

registry() {
	cat "$BGCHECK_WINE_DIR"/template/prefix/*.reg | sha256sum
}

too_long() {
	local code=0
	head -c 1048576 /dev/zero | tr '\0' x | "$wine" "$exe" >"$scratch/long" || code=$?
	[ $code = 2 ] && [ ! -s "$scratch/long" ]
}

ends_on_term() {
	mkfifo "$scratch/in"
	"$wine" "$exe" <"$scratch/in" >"$scratch/term" &
	local pid=$! code=0
	exec 5>"$scratch/in"
	echo '{"id":1,"cmd":"hello","a":{"version":1}}' >&5
	for _ in $(seq 600); do grep -q version "$scratch/term" && break; sleep 0.1; done
	kill -TERM $pid
	wait $pid || code=$?
	exec 5>&-
	[ $code != 0 ] && nothing_left
}

"$wine" --prepare || exit 1
before=$(registry)
session >"$scratch/lines"
"$wine" "$exe" <"$scratch/lines" >"$scratch/out"
code=$?
tap "the adapter exits with 0 after bye" [ $code = 0 ]
tap "hello answers version 1" has '{"id":1,"r":{"hr":0,"version":1}}'
tap "describe names Wine's BITS" has '"implementation":"wine-bits"'
tap "describe says that reset makes it as good as new" has '"lacks":[],"reset":true}}'
tap "the folder is on drive Z" has '"dir":"Z:\\tmp\\smoke","separator":"\\"'
tap "a new job is suspended" has '{"id":5,"r":{"hr":0,"state":3}}'
tap "a job without an error refuses and leaves NULL" has '{"id":6,"r":{"hr":2149580815,"left":null}}'
tap "texts pass as UTF-8" has '{"id":7,"r":{"hr":0,"value":"näme"}}'
tap "an unknown handle is refused" has '{"id":8,"r":{"hr":2147942406}}'
tap "NULL for an out pointer is refused" grep -Eq '^\{"id":9,"r":\{"hr":2147[0-9]+\}\}' "$scratch/out"
tap "an unknown command is unsupported" has '{"id":10,"unsupported":{"feature":"job.peer_cache"'
tap "a bad line is broken and the next one is served" has '{"id":0,"broken":'
tap "the last release answers 0" has '{"id":12,"r":{"hr":0,"count":0}}'
tap "a released handle is dead" has '{"id":13,"r":{"hr":2147942406}}'
tap "every command of method.def is known" knows_all
tap "nothing leaked" has '{"id":14,"r":{"hr":0,"leaks":0}}'
tap "no prefix stays behind" nothing_left
tap "a line of a mebibyte ends the adapter with 2" too_long
tap "TERM ends the adapter and its prefix" ends_on_term
tap "the template prefix is unchanged" [ "$before" = "$(registry)" ]
tap_end
