"""What is fixed to walls and roofs: trim, panes, and whatever stands on a roof."""
