"""Makes a handle although the call fails."""
import good


def spoil(message):
    if message["cmd"] == "job.get_error" and "as" in message["a"]:
        job = good.get(message["a"], "job")
        good.HANDLES.setdefault(message["a"]["as"], ["error", job, 1])
    return False


good.serve(spoil)
