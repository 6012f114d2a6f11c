"""Each act of publication as one recorded change, the hub told: what the commands, the desk and programs all do."""
