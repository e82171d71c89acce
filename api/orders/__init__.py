"""Orders: may this order go out? The gate that keeps what was decided."""
