# fmt_test.sh -- bgcheck fmt: what it writes, what it refuses, and that the library is in its form.
. conformance/test/tap.sh

scn=0001-basic-download.scn
loose() { sed -E 's/^do +/  do\t/; s/ +-> /  ->  /' "fixtures/scenario/$scn" >"$scratch/$scn"; }
same() { cmp "$scratch/$scn" "$1"; }

loose && cp "$scratch/$scn" "$scratch/loose"
tap "the library is in its form" exits 0 $bgcheck fmt --check fixtures/scenario/*.scn fixtures/witness/*.scn
tap "--check exits 1" exits 1 $bgcheck fmt --check "$scratch/$scn"
tap "--check names the file" says "^$scratch/$scn\$" $bgcheck fmt --check "$scratch/$scn" fixtures/scenario/0002*.scn
tap "--check does not write" same "$scratch/loose"
chmod 640 "$scratch/$scn"
tap "fmt writes" exits 0 $bgcheck fmt "$scratch/$scn"
tap "what it writes is in its form" exits 0 $bgcheck fmt --check "$scratch/$scn"
tap "the file keeps its permissions" test "$(stat -c %a "$scratch/$scn")" = 640
tap "nothing else is left behind" test -z "$(ls "$scratch" | grep draft)"
tap "what it writes is played alike" cmp <($bgcheck trace "$scratch/$scn") <($bgcheck trace "fixtures/scenario/$scn")

printf 'id: bad\ntitle:   t\n---\n  frobnicate\n' >"$scratch/bad.scn"
cp "$scratch/bad.scn" "$scratch/kept"
tap "a file with errors is refused" exits 2 $bgcheck fmt "$scratch/bad.scn"
tap "its errors are told" says "bad.scn:4:3: expected" $bgcheck fmt "$scratch/bad.scn"
tap "it stays as it is" cmp "$scratch/bad.scn" "$scratch/kept"
loose
tap "the others are written, and the worst counts" exits 2 $bgcheck fmt "$scratch/bad.scn" "$scratch/$scn"
tap "they are" exits 0 $bgcheck fmt --check "$scratch/$scn"
tap "a file that is not there is refused" exits 2 $bgcheck fmt "$scratch/none.scn"
tap "no file is a usage error" exits 2 $bgcheck fmt
tap "only fmt takes --check" exits 2 $bgcheck lint --check "fixtures/scenario/$scn"
tap_end
