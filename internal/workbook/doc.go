// Package workbook renders a checklist or a reconciliation as an .xlsx workbook for a spreadsheet program. The same input
// gives the same bytes. Texts are always texts: one that begins like a formula is not one.
package workbook
