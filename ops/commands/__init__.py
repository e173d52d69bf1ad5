"""One module per subcommand of ``alurizin``; ``ops.cli`` imports a module when its command is asked for."""
