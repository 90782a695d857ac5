"""The tests. They mirror challenge/; journeys/ drives a browser, house/ holds the rules of the house."""
