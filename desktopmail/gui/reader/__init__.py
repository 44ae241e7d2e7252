"""The reader pane: shows messages behind four walls, and draws every state a message can be in."""
