"""What is inside the engine's three verbs: places, prompts, presses, answers taken and refused, and what they change."""
