"""What is known of uploads beside their bytes: where they come from, what stands in them, what is still to be done with them."""
