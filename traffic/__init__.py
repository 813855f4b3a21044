"""The records: vehicles, drivers, violations, appointments, roads … Knows no Rasa, no WeChat, no web."""
