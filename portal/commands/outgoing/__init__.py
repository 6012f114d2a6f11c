"""The commands by which other machines are told: the WebSub hub, the cache in front."""
