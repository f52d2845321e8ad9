"""From editions to readers: what a mail says, and how it goes out."""
