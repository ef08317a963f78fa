// Package workbook renders a checklist or a reconciliation as an .xlsx workbook for a spreadsheet program.
//
// The same input gives the same bytes. Texts are always texts: one that begins like a formula is not one, and is marked so
// that editing the cell does not make it one. Dates and balances are dates and numbers; a balance with more digits than a
// spreadsheet's numbers keep exactly (15) is a text, and what would be computed of it is left out.
package workbook
