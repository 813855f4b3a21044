"""Files from the police network (CSV, Excel) into the records; `files.import_file` is the way in."""
