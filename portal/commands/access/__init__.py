"""The commands that give access: to people of the desk, and to the programs of the back office."""
