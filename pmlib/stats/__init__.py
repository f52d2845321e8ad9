"""Maths that topics share: one file a method, arrays in, numbers out."""
