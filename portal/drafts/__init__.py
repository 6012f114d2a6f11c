"""What somebody has typed at the desk and not published yet: kept by itself, seen by colleagues."""
