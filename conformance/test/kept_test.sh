# kept_test.sh -- `bgcheck run` with adapters that may play several scenarios: order, isolation, and what it tells.
. conformance/test/tap.sh

for n in 1 2 3; do
	cat >"$scratch/0$n-kept.scn" <<-END
		id: 0$n-kept
		title: scenario $n
		dialect: bits
		---
		do     job.create as=j1 -> S_OK
		do     job.state j1     -> success
	END
done

sed 's/^id: .*/id: 09-long/; $a advance 50ms' "$scratch/01-kept.scn" >"$scratch/09-long.scn"

# run WORD [OPTION...] -- the three scenarios with kept.py WORD; the results in $scratch/out.
run() {
	local word=$1
	shift
	$bgcheck run --quiet --dialect bits --out "$scratch/out" "$@" "$scratch"/0?-kept.scn -- "$PYTHON" -BS conformance/test/bad/kept.py "$word" >"$scratch/run.log" 2>&1
}

# units KEY -- one line a scenario: id and the value.
units() {
	"$PYTHON" -c '
import json, sys
for unit in json.load(open(sys.argv[1]))["scenarios"]: print(unit["id"], unit.get(sys.argv[2]))' "$scratch/out/results.json" "$1"
}

# is KEY N PATTERN -- the value of the nth scenario holds the pattern.
is() {
	units "$1" | sed -n "${2}p" | grep -Eq -- "$3" || { echo "expected $1 of scenario $2 to hold /$3/, found:"; units "$1"; return 1; }
}

processes() {
	cat "$scratch"/out/trace/*.log | grep -c '"cmd":"hello"'
}

run well --jobs 1
tap "one process plays all scenarios of a worker" [ "$(processes)" = 1 ]
tap "results stand in the order chosen" [ "$(units id | cut -d' ' -f1 | tr '\n' ' ')" = "01-kept 02-kept 03-kept " ]
tap "each scenario has its reset" [ "$(grep -l '"cmd":"reset"' "$scratch"/out/trace/*.log | wc -l)" = 3 ]
run well --jobs 3
tap "each worker has a process of its own" [ "$(processes)" = 3 ]
run well --jobs 1 "$scratch/09-long.scn"
tap "the scenario that may go on longest is played first" grep -qx 'scenario 1' "$scratch/out/trace/09-long.bits.log"
tap "and still stands at its place" [ "$(units id | tail -n 1)" = "09-long 09-long" ]
run never --jobs 1
tap "without its own word the adapter gets a process for each scenario" [ "$(processes)" = 3 ]
run dies --jobs 1
tap "a death in the second scenario is its adapter-error" is why 2 'exited with status 3'
tap "and the first stands" is end 1 done
tap "and so does the third" is end 3 done
run dies --jobs 1 --retries 1
tap "with --retries the second is played by a new process" is end 2 done
tap "and its first end is told" is retried 2 'exited with status 3'
run leaks-job --jobs 1
tap "a job that is left over is told" is restarted 2 'expected no job behind reset, found 1 of earlier scenarios'
tap "on stderr too" grep -q 'a new process, because reset.*found 1 of earlier scenarios' "$scratch/run.log"
tap "and the scenario is played by a new process" is end 2 done
tap "which no other scenario gets" [ "$(processes)" = 3 ]
tap "it is told once" is restarted 3 None
run lies --jobs 1
tap "a reset that is none is told" is restarted 2 'found it unsupported'
run status --jobs 1
tap "a bad end of the kept process is the adapter-error of its last scenario" is why 3 'exit status 0 after bye.*exited with status 9'
tap "and of no other" is end 2 done
tap_end
