package ledger_test

const jobVariable = "LEDGER_TEST_JOB"

func work(string) int { return 1 }
