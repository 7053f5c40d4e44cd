"""Hangs at start: reads nothing, says nothing."""
import good

good.hang()
