"""Editions in other forms: pictures, print, slides."""
