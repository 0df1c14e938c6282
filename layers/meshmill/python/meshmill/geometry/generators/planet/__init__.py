"""Planet."""
