"""``python -m reportbox`` is the ``reportbox`` command."""

from reportbox.cli import main

main()
