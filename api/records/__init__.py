"""What we remember: one module per noun, its table, its queries, its moves."""
