"""One module a verb. Each is a small object that is given its ports and then called."""
