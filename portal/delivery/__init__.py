"""By which channel each credential travels: the rule of July 2021."""
