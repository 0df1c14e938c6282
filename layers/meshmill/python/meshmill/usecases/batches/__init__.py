"""What is done with batches, one module a verb."""
