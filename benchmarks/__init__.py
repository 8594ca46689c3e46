"""What a build costs, measured on sites that are made with a fixed seed."""
