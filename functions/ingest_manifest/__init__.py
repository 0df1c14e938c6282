"""The ingest_manifest function."""
