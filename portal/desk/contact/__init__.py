"""Hours, special days, holidays and telephones at the desk; and how the contact page reads on any day."""
