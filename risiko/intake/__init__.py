"""Evidence from users as it is handed in: what each method asks, how it is checked, and what rows it becomes."""
