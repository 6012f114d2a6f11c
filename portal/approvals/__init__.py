"""What one person prepared and a second one does: kept to the letter until then, where the setting asks for it."""
