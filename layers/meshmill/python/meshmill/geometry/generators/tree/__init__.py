"""Trees, shrubs and palms."""
