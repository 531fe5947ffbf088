"""The executed notebooks are run; their sources are not modules with doctests."""

collect_ignore_glob = ["[0-9]*.py"]
