#!/bin/bash
# cluster_demo.sh -- one campaign three times: in one process, as a Slurm array job on this machine, and through GNU parallel; the merged results
# must be the same, byte by byte. Munge and Slurm are started with files of their own below build/cluster, on loopback, and stopped by
# their pids however this ends. The last line is `identical`, or what differs with exit 1.
set -euo pipefail
BUILD=${BUILD:-build}
SEEDS=${SEEDS:-20000}
PARTS=${PARTS:-10}
IMPL=${IMPL:-mutant:error_kept_while_data_flows}
bgcheck=$(realpath "$BUILD/bgcheck")
work=$(mkdir -p "$BUILD/cluster" && realpath "$BUILD/cluster")
cpus=$(nproc)
pids=()

stop() {
	local pid
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || :; done
	for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || :; done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start NAME COMMAND... -- in the background, its words in a log.
start() {
	local name=$1
	shift
	"$@" >"$work/$name.log" 2>&1 &
	pids=("$!" "${pids[@]}")
}

# A port that nobody listens on now.
free_port() {
	"${PYTHON:-/usr/bin/python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# campaign PART OUT -- one of the parts; what it finds is no failure of the demo.
cat >"$work/part.sh" <<PART
#!/bin/bash
each=\$(( ($SEEDS + $PARTS - 1) / $PARTS ))
from=\$(( \$1 * each + 1 ))
to=\$(( from + each - 1 < $SEEDS ? from + each - 1 : $SEEDS ))
code=0
'$bgcheck' campaign --quiet --impl $IMPL --seeds \$from..\$to --out "\$2/part-\$1.tsv" || code=\$?
[ \$code -le 1 ]
PART
chmod +x "$work/part.sh"

prepare() {
	rm -rf "$work"/{one,slurm,parallel,state,spool,*.tsv,*.log,*.out}
	mkdir -p "$work"/{one,slurm,parallel,state,spool}
}

start_slurm() {
	local host ctld slurmd
	host=$(hostname -s)
	ctld=$(free_port)
	slurmd=$(free_port)
	(umask 077 && rm -f "$work/munge.key" && head -c 128 /dev/urandom >"$work/munge.key")
	start munged munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
		--log-file="$work/munged.own.log" --seed-file="$work/munge.seed" --num-threads=2
	cat >"$work/slurm.conf" <<CONF
ClusterName=bgcheck
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=$ctld
SlurmdPort=$slurmd
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
	export SLURM_CONF=$work/slurm.conf
	wait_for munge "munge --socket='$work/munge.socket' --no-input"
	start slurmctld slurmctld -D -i -f "$SLURM_CONF"
	start slurmd slurmd -D -f "$SLURM_CONF" -N "$host"
	wait_for slurm "sinfo --noheader -o %t | grep -q idle"
}

# wait_for NAME COMMAND -- until it succeeds; a minute at most.
wait_for() {
	local i
	for i in $(seq 240); do
		bash -c "$2" >/dev/null 2>&1 && return
		sleep 0.25
	done
	echo "cluster-demo: $1 did not start; its words:" >&2
	tail -n 15 "$work"/{munged,slurmctld,slurmd}.log >&2 2>/dev/null || :
	exit 1
}

by_slurm() {
	start_slurm
	sbatch --quiet --wait --array="0-$((PARTS - 1))" --output="$work/slurm/%a.out" \
		--wrap "'$work/part.sh' \$SLURM_ARRAY_TASK_ID '$work/slurm'"
}

by_parallel() {
	seq 0 $((PARTS - 1)) | parallel --will-cite -j "$cpus" "'$work/part.sh' {} '$work/parallel'"
}

# merge FOLDER -- all parts of the folder, in another order than they were made.
merge() {
	local code=0
	"$bgcheck" merge --quiet --out "$work/$1.tsv" $(ls -r "$work/$1"/part-*.tsv) || code=$?
	[ $code -le 1 ]
}

prepare
code=0
"$bgcheck" campaign --quiet --impl "$IMPL" --seeds 1.."$SEEDS" --out "$work/one.tsv" || code=$?
[ $code -le 1 ]
by_parallel
merge parallel
by_slurm
merge slurm
echo "$SEEDS seeds of $IMPL, $PARTS parts, $cpus CPUs: $(grep -vc '^#' "$work/one.tsv") classes of failures"
cmp "$work/one.tsv" "$work/parallel.tsv"
cmp "$work/one.tsv" "$work/slurm.tsv"
echo identical
