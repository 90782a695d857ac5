"""The demo: a living world on whatever day it is loaded, made by the same services that people use."""
