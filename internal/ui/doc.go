// Package ui shows people what the commands found: a run's progress as bars or lines, tables of reports, plans and runs, and
// errors with their hints. It writes to the writers it is given and asks nobody anything.
package ui
