"""One module per capability, each of which sets our defaults once."""
