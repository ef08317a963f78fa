// Package ui shows people what the commands found: a run's progress as bars or lines, tables of reports, plans and runs, and
// errors with their hints. It formats what it is given and writes it to the writer it is given; it reads nothing.
package ui
