"""Lacks a command that nobody has."""
import good

good.LACKS.append("job.owmer")
good.serve()
