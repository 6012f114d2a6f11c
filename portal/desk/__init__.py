"""What staff see and do at `/desk/`: an application of its own, loaded when somebody comes."""
