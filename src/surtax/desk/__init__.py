"""What people steer: the local web application; later than everything it shows."""
