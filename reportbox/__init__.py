"""Report Box: one hotline on one server."""

__version__ = "0.1.0"
