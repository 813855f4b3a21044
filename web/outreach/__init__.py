"""What the station says first: road news, reminders, broadcasts; found in the records, said by the post room."""
