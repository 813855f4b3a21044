"""What the bot does when asked: Rasa's action server, one file a service.

The sentences are in `data/`, the records in `traffic`.
"""
