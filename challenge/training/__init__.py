"""Courses for brokers, who takes them and passes, their certificates, and the public register of brokers."""
