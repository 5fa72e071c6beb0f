"""What customers may see and have erased of what is kept about them."""
