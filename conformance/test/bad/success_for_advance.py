"""Says that its time is real, and advances it."""
import good

good.serve_spoilt_at("clock.advance", good.reply)
