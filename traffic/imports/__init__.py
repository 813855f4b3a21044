"""Files from the police network (CSV, Excel) into the records."""
