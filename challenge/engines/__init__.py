"""Heavy libraries behind small functions, run in children that can be killed. For `flask work` only."""
