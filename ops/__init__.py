"""Starting, watching and showing the office: the ``alurizin`` command."""
