"""The post room: what came in, whose turn it is, what goes out, and who has the conversation. Knows no channel."""
