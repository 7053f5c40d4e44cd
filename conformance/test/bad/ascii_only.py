"""Loses what is not ASCII."""
import good


def create(message):
    message["a"]["name"] = message["a"]["name"].encode("ascii", "replace").decode()
    good.answer(message)


good.serve_spoilt_at("job.create", create)
