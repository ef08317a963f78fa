package installation

// SmallSet is a template set of 4 folders and 3 workbooks.
const SmallSet = `version: 1
folders:
  - "{YYYY}/{MM} {Month}"
  - "{YYYY}/{MM} {Month}/Cash"
  - "{YYYY}/{MM} {Month}/Cash/Statements"
  - "{YYYY}/{MM} {Month}/Tax"
checklist:
  workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx"
  items:
    - {id: C1, title: Reconcile the bank, frequency: monthly, preparers: [{name: Ann, due: BD3}]}
reconciliations:
  items:
    - {id: R1, account: "1000", name: Cash, currency: USD, folder: "{YYYY}/{MM} {Month}/Cash", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
    - {id: R2, account: "2000", name: Tax, currency: USD, folder: "{YYYY}/{MM} {Month}/Tax", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
documents: []
`
