"""Never calls back."""
import good

good.serve_spoilt_at("job.resume", good.reply)
