"""Takes every property for one of its own."""
import good

good.PROPERTIES.append("frobnication")
good.serve()
