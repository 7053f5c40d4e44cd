"""Says that it lacks job.type, and answers it."""
import good

good.OWN["describe"]["lacks"] = [*good.LACKS, "job.type"]
good.serve()
