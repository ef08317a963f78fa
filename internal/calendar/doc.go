// Package calendar knows working days and the rules by which due dates are written.
//
// A calendar is a country's public holidays (github.com/rickar/cal/v2), an entity's own holidays and extra workdays, and a
// weekend. A rule is a due date relative to a period: BD3 (third working day after the period's end), BD-1 (last working
// day in the period), D15 (15th calendar day after the end, never adjusted) and EOM (the period's last day). There is no
// BD0 and no D0. Of a non-close entity, BDn and Dn are counted inside the period itself.
//
// Dates are days, written as midnight UTC.
package calendar
