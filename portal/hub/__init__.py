"""Telling a WebSub hub that feeds changed, so that it tells those who follow them through it."""
