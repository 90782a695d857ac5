"""Whole stories in a real browser, against real web workers and a real `flask work`."""
