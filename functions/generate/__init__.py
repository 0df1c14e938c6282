"""The generate function."""
