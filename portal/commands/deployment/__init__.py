"""What an operator asks of a deployment: is it right, and what its front says when the portal is down."""
