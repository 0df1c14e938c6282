"""What all commands hang on: how they begin, end, connect and fail."""
