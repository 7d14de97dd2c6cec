"""What every Python of the tests runs first: nothing may leave this machine."""
