"""Measure the project and print the tables of the README: `make bench`, `make bench DATA=FOLDER`."""
