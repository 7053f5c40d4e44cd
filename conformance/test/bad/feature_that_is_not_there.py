"""Does not say that it lacks job.times, and lacks it."""
import good

good.OWN["describe"]["lacks"] = [word for word in good.LACKS if word != "job.times"]
good.serve()
