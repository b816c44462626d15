"""The one door of the web process: sockets to Channels, shared pages from memory, the rest to Django."""
