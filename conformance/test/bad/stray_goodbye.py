"""Says goodbye on stdout, as programs like to do."""
import good

good.serve()
good.write(b"Toy BITS 1.0 shut down.\n")
