"""What the bot does when asked: Rasa's action server, one file a service. Sentences are in `data/`, records in `traffic`."""
