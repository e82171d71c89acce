"""North Data: registers and annual figures of Germany and its neighbours."""
