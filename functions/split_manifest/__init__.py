"""The split_manifest function."""
