"""Other ways to write the create function: the same calls and the same token, without the rest."""
