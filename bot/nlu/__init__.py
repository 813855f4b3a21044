"""How the bot understands: one Rasa graph component a file, in the order of `config.yml`'s pipeline."""
