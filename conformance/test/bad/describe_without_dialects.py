"""Has no dialect."""
import good

good.OWN["describe"]["dialects"] = []
good.serve()
