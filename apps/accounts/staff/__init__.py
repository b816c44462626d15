"""The doors of the back office itself: password, then second factor."""
