"""Rules and states of assets: no AWS, no HTTP, no clock of its own."""
