"""The officers' desk (坐席): what needs a person, and all one needs to answer it."""
