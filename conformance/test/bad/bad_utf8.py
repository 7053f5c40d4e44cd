"""Answers with bytes that are no UTF-8."""
import good

good.serve_spoilt_at("job.state", lambda message: good.write(b'{"id":%d,"r":{"hr":0,"state":"\xff\xfe"}}\n' % message["id"]))
