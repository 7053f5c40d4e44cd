"""Dies when an argument is missing."""
import good

good.serve(lambda message: message["cmd"].startswith("job.") and message["cmd"] != "job.create" and "job" not in message["a"] and exit(1))
