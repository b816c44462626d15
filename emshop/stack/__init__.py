"""The local stack: embedded servers, and everything that `make run` starts."""
