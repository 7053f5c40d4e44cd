"""Keeps what it has lent."""
import good

good.serve(back=lambda message: None)
