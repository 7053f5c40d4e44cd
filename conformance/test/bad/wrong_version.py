"""Speaks another version of the protocol."""
import good

good.serve_spoilt_at("hello", lambda message: good.reply(message, version=2))
