"""Does not say that the error of a callback is borrowed."""
import good

good.callback = lambda number, **more: good.write({"ev": "cb", "cb": number, "kind": "job_error", **more, "borrowed": []})
good.serve()
