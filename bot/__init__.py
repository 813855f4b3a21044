"""How it understands and learns: NLU components, training, settings and the command line."""
