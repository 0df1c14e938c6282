"""One module an output format: ``export(scene, images, identity) -> bytes``."""
