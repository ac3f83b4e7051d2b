"""What a peer cannot do."""


class Unsupported(Exception):
    """The peer has no such operator; the message says why."""
