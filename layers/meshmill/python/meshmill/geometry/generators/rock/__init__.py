"""Rock: a closed, weathered stone or a cluster of them."""
