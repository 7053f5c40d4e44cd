"""Answers bye, and stays."""
import good


def bye(message):
    good.reply(message)
    good.hang()


good.serve_spoilt_at("bye", bye)
