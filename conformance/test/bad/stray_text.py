"""Greets on stdout, as programs like to do."""
import good

good.write(b"Toy BITS 1.0 starting up...\n")
good.serve()
