"""Keeps its jobs in a file, and never forgets one."""
import json
import os
import tempfile

import good

path = f"{tempfile.gettempdir()}/bad-jobs-{os.getppid()}"
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        good.JOBS.update({id: {"id": id, "state": 3, "files": []} for id in json.load(file)})


write = good.write


def remember(message):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(list(good.JOBS), file)
    write(message)


good.write = remember
good.serve()
