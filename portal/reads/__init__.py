"""How often the feeds are read: counted at the door, kept day by day, told at the desk."""
