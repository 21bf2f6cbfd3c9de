"""What people send back, as it arrives: read, brought to one shape, handed to actions."""
