"""Names a job in its callback that the client does not know."""
import good

good.callback = lambda number, **more: good.write({"ev": "cb", "cb": number, "kind": "job_error", **more, "job": "the first one"})
good.serve()
