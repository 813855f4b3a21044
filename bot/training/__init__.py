"""How the bot is measured and improved: data check, evaluation, report."""
