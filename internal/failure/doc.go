// Package failure defines how Metronome reports errors: the class of an error, the problems of an input file, and the
// exit code that either ends a process with. Errors are classified once, where they enter (at an adapter or a parser);
// everybody else asks ClassOf and never matches strings.
package failure
