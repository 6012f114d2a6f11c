"""What stands before Flask: what is refused, what every answer says, and the finished pages."""
