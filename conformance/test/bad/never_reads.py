"""Never reads its stdin: it guesses the first commands and answers them all at once."""
import json

import good

guesses = ("hello", "describe", "reset", "scenario.begin")
lines = [json.dumps({"id": number, "r": {"hr": 0, **good.OWN.get(command, {})}}) for number, command in enumerate(guesses, 1)]
good.write("".join(line + "\n" for line in lines).encode())   # in one piece, so that they arrive together
good.hang()
