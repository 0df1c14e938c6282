"""``python -m benchmarks.load``: what a running stage answers under load, and how soon."""
