"""planted.py K SEED -- a scenario with 200 faults, of which K together bring about what its last line says must not be.

The K are redirects, each from the path that the one before leads to; the others are drawn for paths that other jobs ask for.
"""
import random
import sys

FAULTS = 200
WORDS = ["status=503", "status=404", "fault=reset@1k", "fault=stall@2k", "fault=truncate@1k", "no-length", "chunked", "range=lie+10", "redirect=/n{}"]


def main():
    count, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    lines = []
    for _ in range(FAULTS - count):
        word = chance.choice(WORDS).format(chance.randrange(1, 40))
        lines.append(f"serve  /n{chance.randrange(1, 40)} size=64k {word} times={chance.randrange(1, 4)}")
    for i in range(count):
        lines.insert(chance.randrange(len(lines) + 1), f"serve  /q{i} redirect=/q{i + 1}")
    print(f"id:      planted-{count}\ntitle:   {count} of {FAULTS} faults are needed\ndialect: bits\n---")
    print("\n".join(lines))
    print("do     job.create as=j1 -> S_OK\ndo     job.add_file j1 url=$S/q0 local=$W/f1 -> S_OK\ndo     job.resume j1 -> S_OK")
    for job in range(2, 6):
        print(f"do     job.create as=j{job} -> S_OK\ndo     job.add_file j{job} url=$S/n{job} local=$W/n{job} -> S_OK\ndo     job.resume j{job} -> S_OK")
    print(f"advance 1h\nexpect requests /q{count} = 0")


main()
