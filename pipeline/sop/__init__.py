"""The SOP as data: what a permit kind is, read from its TOML file, checked before anything runs by it."""
